namespace WasmChord.Bench.Compare;

/// <summary>The memory that one process may use. Disposal takes the group away; its processes must have ended.</summary>
internal interface IMemoryGroup : IDisposable
{
    /// <summary>Most that was charged at once so far, page cache included; null where nobody counts.</summary>
    long? PeakBytes { get; }

    /// <summary>The command that runs a command inside.</summary>
    ProcessCommand Enter(ProcessCommand command);
}
