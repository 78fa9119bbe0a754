using Microsoft.Win32.SafeHandles;
using WasmChord.Gguf;

namespace WasmChord.Cli;

/// <summary>
/// Reads a model's files by plain positional reads, with handles of its own: nothing of the engine takes part, so what
/// it finds can be held against what the engine served. Any number of threads may read at once.
/// </summary>
internal sealed class ModelReader : IDisposable
{
    private readonly string[] _paths;
    private readonly SafeFileHandle[] _handles;

    public ModelReader(GgufModel model)
    {
        _paths = [.. model.Files.Select(f => f.Name)];
        _handles = new SafeFileHandle[_paths.Length];
        for (int i = 0; i < _handles.Length; i++) _handles[i] = File.OpenHandle(_paths[i], options: FileOptions.RandomAccess);
    }

    /// <summary>Reads exactly as many bytes as the buffer holds.</summary>
    /// <exception cref="ToolException">The file ends before them.</exception>
    public void Read(int fileIndex, long fileOffset, Span<byte> buffer)
    {
        for (int done = 0; done < buffer.Length;)
        {
            int read = RandomAccess.Read(_handles[fileIndex], buffer[done..], fileOffset + done);
            if (read == 0)
                throw new ToolException("truncated", $"{_paths[fileIndex]} ends at {fileOffset + done}, {buffer.Length - done} bytes before the end of what is to be read");
            done += read;
        }
    }

    public void Dispose()
    {
        foreach (SafeFileHandle handle in _handles) handle.Dispose();
    }
}
