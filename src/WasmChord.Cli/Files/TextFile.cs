using System.Text;

namespace WasmChord.Cli;

/// <summary>Text that a command reads in full: at most as much as any prompt or measured text can be.</summary>
internal static class TextFile
{
    /// <summary>Bytes at most. A device that never ends ends here.</summary>
    public const int MostBytes = 256 << 20;

    /// <summary>Reads a file.</summary>
    /// <exception cref="ToolException">It has more than <see cref="MostBytes"/>.</exception>
    public static async Task<byte[]> ReadBytesAsync(string path, CancellationToken cancellationToken)
    {
        await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, useAsync: false);
        return await ReadBytesAsync(file, path, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads a stream to its end.</summary>
    /// <exception cref="ToolException">It has more than <see cref="MostBytes"/>.</exception>
    public static async Task<byte[]> ReadBytesAsync(Stream input, string name, CancellationToken cancellationToken)
    {
        using MemoryStream all = new();
        byte[] buffer = new byte[64 << 10];
        for (int read; (read = await input.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            if (all.Length + read > MostBytes) throw new ToolException("too_large", $"{name} has more than {MostBytes} bytes, more than any text here");
            all.Write(buffer, 0, read);
        }

        return all.ToArray();
    }

    /// <summary>Reads a file of UTF-8, or of another encoding that its first bytes name.</summary>
    /// <exception cref="ToolException">It has more than <see cref="MostBytes"/>.</exception>
    public static async Task<string> ReadTextAsync(string path, CancellationToken cancellationToken)
    {
        using MemoryStream bytes = new(await ReadBytesAsync(path, cancellationToken).ConfigureAwait(false));
        using StreamReader reader = new(bytes, Encoding.UTF8);
        return await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
    }
}
