namespace WasmChord.Cli;

/// <summary>
/// A file that bears its name only once it is whole; abandoned, it leaves nothing behind. A link keeps pointing to what it
/// names. A device, or a pipe under <c>/dev</c>, is written to as it is: a file must never take its place.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string _path;
    private readonly string? _partialPath; // null for a device
    private bool _finished;

    /// <summary>Begins a file under a temporary name beside <paramref name="path"/>.</summary>
    public OutputFile(string path)
    {
        if (IsDevice(path))
        {
            _path = Path.GetFullPath(path);
            Stream = new FileStream(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            return;
        }

        _path = FinalPath(path);
        _partialPath = $"{_path}.{Path.GetRandomFileName()}.partial";
        Stream = new FileStream(_partialPath, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
    }

    /// <summary>What is written to; not buffered.</summary>
    public FileStream Stream { get; }

    /// <summary>Makes sure that the bytes are on the disk, and gives the file its name, over whatever has it.</summary>
    public void Complete()
    {
        if (_partialPath is not null) Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        if (_partialPath is not null) File.Move(_partialPath, _path, overwrite: true);
        _finished = true;
    }

    public void Dispose()
    {
        if (_finished) return;
        Stream.Dispose();
        if (_partialPath is not null) File.Delete(_partialPath);
    }

    /// <summary>Refuses to write over what is being read, and where no file can be.</summary>
    /// <param name="output">What is to be written.</param>
    /// <param name="inputs">What is read.</param>
    /// <param name="mayBeDevice">Whether the bytes are written in order, so that a device or pipe can take them.</param>
    /// <exception cref="ToolException">The path names an input, a directory, or a device that cannot be written.</exception>
    public static void RequireWritable(string output, IEnumerable<string> inputs, bool mayBeDevice = false)
    {
        if (Directory.Exists(output)) throw new ToolException("is_directory", $"{output} is a directory: name a file to write to");
        if (!mayBeDevice && IsDevice(output)) throw new ToolException("is_device", $"{output} is a device: name a file to write to");
        string full = FinalPath(output);
        foreach (string input in inputs)
            if (FinalPath(input) == full) throw new ToolException("same_file", $"{output} is both read and written: name another file to write to");
    }

    // What /dev and /proc name are devices and open descriptors, even where a descriptor leads to an ordinary file; memory
    // that is mounted as /dev/shm holds files.
    private static bool IsDevice(string path) =>
        File.Exists(path) && (IsUnderDevices(Path.GetFullPath(path)) || IsUnderDevices(FinalPath(path)));

    private static bool IsUnderDevices(string path) =>
        !OperatingSystem.IsWindows()
        && (path.StartsWith("/dev/", StringComparison.Ordinal) || path.StartsWith("/proc/", StringComparison.Ordinal))
        && !path.StartsWith("/dev/shm/", StringComparison.Ordinal);

    private static string FinalPath(string path)
    {
        string full = Path.GetFullPath(path);
        return File.Exists(full) ? File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full : full;
    }
}
