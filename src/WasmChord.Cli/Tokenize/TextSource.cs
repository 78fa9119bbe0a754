using System.Text;

namespace WasmChord.Cli;

/// <summary>Where a command's text comes from: the command line, a file, or standard input.</summary>
internal sealed class TextSource
{
    private readonly string? _text;
    private readonly string? _path;
    private readonly Func<Stream> _input;

    /// <summary>Decides.</summary>
    /// <param name="text">What the command line says, or null.</param>
    /// <param name="path">The file that it names, or null.</param>
    /// <param name="input">Opens standard input.</param>
    /// <param name="option">The option of the text.</param>
    /// <exception cref="ToolException">Both are given.</exception>
    public TextSource(string? text, string? path, Func<Stream> input, string option)
    {
        if (text is not null && path is not null) throw ToolException.Usage($"{option} and --file exclude each other");
        _text = text;
        _path = path;
        _input = input;
        Name = text is not null ? option : path ?? "standard input";
    }

    /// <summary>What it is called, for messages.</summary>
    public string Name { get; }

    /// <summary>Reads all of it.</summary>
    public async Task<byte[]> ReadAsync(CancellationToken cancellationToken)
    {
        if (_text is not null) return Encoding.UTF8.GetBytes(_text);
        if (_path is not null) return await TextFile.ReadBytesAsync(_path, cancellationToken).ConfigureAwait(false);
        await using Stream input = _input();
        return await TextFile.ReadBytesAsync(input, Name, cancellationToken).ConfigureAwait(false);
    }
}
