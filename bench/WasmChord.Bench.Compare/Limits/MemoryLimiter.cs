namespace WasmChord.Bench.Compare;

/// <summary>A way to limit the memory of a process and of all that it makes the system cache.</summary>
internal abstract class MemoryLimiter
{
    /// <summary>For people: what does the limiting.</summary>
    public abstract string Description { get; }

    /// <summary>False where processes run unlimited whatever is asked for.</summary>
    public abstract bool CanLimit { get; }

    /// <summary>Opens a group.</summary>
    /// <param name="limitBytes">Its limit; null for none, only to count.</param>
    /// <exception cref="IOException">The system refuses.</exception>
    public abstract IMemoryGroup Open(long? limitBytes);

    /// <summary>
    /// The best way that the machine permits: a command that the user names, then a control group of version 2, then one of
    /// version 1, then none.
    /// </summary>
    /// <param name="wrapper">A command with <c>{bytes}</c> in it, that runs what follows it; null for none.</param>
    /// <param name="root">The folder that holds <c>proc</c>; tests give a faked one.</param>
    public static MemoryLimiter Find(string? wrapper = null, string root = "/")
    {
        if (!string.IsNullOrWhiteSpace(wrapper)) return new WrapperLimiter(wrapper);
        foreach (ControlGroupFiles files in new[] { ControlGroupFiles.Version2, ControlGroupFiles.Version1 })
        {
            foreach (string parent in ControlGroupPaths.Candidates(files, root))
                if (ControlGroupLimiter.TryCreate(files, parent, out ControlGroupLimiter? limiter)) return limiter;
        }
        return new NoLimiter();
    }
}
