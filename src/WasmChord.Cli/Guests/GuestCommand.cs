using System.CommandLine;

namespace WasmChord.Cli;

/// <summary><c>guest</c>: WebAssembly modules that work on a model's weights.</summary>
internal sealed class GuestCommand : Command
{
    public GuestCommand(ToolOutput output, ToolHooks hooks) : base("guest", "Runs WebAssembly guests on a model's weights, or looks at them.")
    {
        Add(new GuestRunCommand(output, hooks));
        Add(new GuestInspectCommand(output));
    }

    /// <summary>The argument that names a guest.</summary>
    internal static Argument<string> GuestArgument() =>
        new("GUEST") { Description = "A WebAssembly module: binary (.wasm) or text (.wat)." };

    /// <summary>Reads a guest's file.</summary>
    /// <exception cref="ToolException">It is larger than a module may be.</exception>
    internal static async Task<byte[]> ReadAsync(string path, long mostBytes, CancellationToken cancellationToken)
    {
        FileInfo file = new(path);
        if (!file.Exists) throw new FileNotFoundException($"there is no file {path}", path);
        if (file.Length > mostBytes) throw new ToolException("too_large", $"{path} has {file.Length} bytes, {mostBytes} are allowed");
        return await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
    }
}
