using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace WasmChord.Bench.Compare;

/// <summary>
/// Limits by a control group made for each process. What the kernel caches for the process is charged too, so a peer that
/// maps its file is limited as well.
/// </summary>
internal sealed class ControlGroupLimiter : MemoryLimiter
{
    private readonly ControlGroupFiles _files;
    private readonly string _parent;
    private int _count;

    private ControlGroupLimiter(ControlGroupFiles files, string parent) => (_files, _parent) = (files, parent);

    public override string Description => $"memory control group, version {_files.Version}";

    public override bool CanLimit => true;

    /// <summary>Tries a group under a parent, and takes it away again.</summary>
    /// <returns>False where the parent does not permit one that can be limited.</returns>
    public static bool TryCreate(ControlGroupFiles files, string parent, [NotNullWhen(true)] out ControlGroupLimiter? limiter)
    {
        limiter = null;
        try
        {
            ControlGroupLimiter candidate = new(files, parent);
            using (candidate.Open(1 << 30))
                limiter = candidate;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public override IMemoryGroup Open(long? limitBytes)
    {
        string path = Path.Join(_parent, $"wasmchord-bench-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
        Directory.CreateDirectory(path);
        Group group = new(_files, path);
        try
        {
            string limit = Path.Join(path, _files.Limit), delegation = Path.Join(_parent, "cgroup.subtree_control");
            if (!File.Exists(limit) && _files.Version == 2 && File.Exists(delegation)) File.WriteAllText(delegation, "+memory");
            if (!File.Exists(limit)) throw new IOException($"{path} has no {_files.Limit}: the memory controller is not handed on to it");
            if (limitBytes is { } bytes)
            {
                File.WriteAllText(limit, bytes.ToString(CultureInfo.InvariantCulture));
                string swap = Path.Join(path, _files.Swap);
                if (File.Exists(swap)) File.WriteAllText(swap, _files.SwapLimit(bytes).ToString(CultureInfo.InvariantCulture));
            }
        }
        catch
        {
            group.Dispose();
            throw;
        }
        return group;
    }

    private sealed class Group(ControlGroupFiles files, string path) : IMemoryGroup
    {
        public long? PeakBytes =>
            File.Exists(Path.Join(path, files.Peak)) && long.TryParse(File.ReadAllText(Path.Join(path, files.Peak)).Trim(), CultureInfo.InvariantCulture, out long bytes) ? bytes : null;

        // The shell puts itself into the group and then becomes the command, so that not one page is charged elsewhere.
        public ProcessCommand Enter(ProcessCommand command) =>
            command.Behind("/bin/sh", "-c", "echo $$ > \"$0\" && exec \"$@\"", Path.Join(path, ControlGroupFiles.Processes));

        public void Dispose()
        {
            try
            {
                Directory.Delete(path);
            }
            catch (IOException e)
            {
                Console.Error.WriteLine($"{path} stays: {e.Message}");
            }
        }
    }
}
