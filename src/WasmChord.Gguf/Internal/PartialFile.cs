namespace WasmChord.Gguf.Internal;

/// <summary>A file that bears its name only once it is complete; until then it has another, and is deleted if abandoned.</summary>
internal sealed class PartialFile : IAsyncDisposable
{
    private const int BufferBytes = 128 * 1024;

    private readonly string _path;
    private readonly string _partialPath;
    private bool _finished;

    public PartialFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = Path.GetFullPath(path);
        _partialPath = $"{_path}.{Path.GetRandomFileName()}.partial";
        Stream = new FileStream(_partialPath, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes, useAsync: true);
    }

    public FileStream Stream { get; }

    /// <summary>Makes sure that the bytes are on the disk, and closes the file; it keeps its temporary name.</summary>
    public void Close()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
    }

    /// <summary>Gives the file its name.</summary>
    public void Rename()
    {
        File.Move(_partialPath, _path, overwrite: true);
        _finished = true;
    }

    /// <summary>Closes and renames.</summary>
    public void Complete()
    {
        Close();
        Rename();
    }

    public async ValueTask DisposeAsync()
    {
        if (_finished) return;
        await Stream.DisposeAsync().ConfigureAwait(false);
        File.Delete(_partialPath);
    }
}
