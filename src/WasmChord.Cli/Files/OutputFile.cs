namespace WasmChord.Cli;

/// <summary>A file that bears its name only once it is whole; abandoned, it leaves nothing behind.</summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string _path;
    private readonly string _partialPath;
    private bool _finished;

    /// <summary>Begins a file under a temporary name beside <paramref name="path"/>.</summary>
    public OutputFile(string path)
    {
        _path = Path.GetFullPath(path);
        _partialPath = $"{_path}.{Path.GetRandomFileName()}.partial";
        Stream = new FileStream(_partialPath, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
    }

    /// <summary>What is written to; not buffered.</summary>
    public FileStream Stream { get; }

    /// <summary>Makes sure that the bytes are on the disk, and gives the file its name, over whatever has it.</summary>
    public void Complete()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(_partialPath, _path, overwrite: true);
        _finished = true;
    }

    public void Dispose()
    {
        if (_finished) return;
        Stream.Dispose();
        File.Delete(_partialPath);
    }

    /// <summary>Refuses to write over what is being read, and where no file can be.</summary>
    /// <exception cref="ToolException">The path names an input, or a directory.</exception>
    public static void RequireWritable(string output, IEnumerable<string> inputs)
    {
        if (Directory.Exists(output)) throw new ToolException("is_directory", $"{output} is a directory: name a file to write to");
        string full = Path.GetFullPath(output);
        foreach (string input in inputs)
            if (Path.GetFullPath(input) == full) throw new ToolException("same_file", $"{output} is both read and written: name another file to write to");
    }
}
