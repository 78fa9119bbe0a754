namespace WasmChord.Memory64;

/// <summary>What the memories of one guest may take together. Used on the thread that runs the guest.</summary>
internal sealed class MemoryAccount(long limitBytes)
{
    /// <summary>The most that they may take.</summary>
    public long LimitBytes => limitBytes;

    /// <summary>Bytes taken.</summary>
    public long TakenBytes { get; private set; }

    /// <summary>Takes more; false, and nothing is taken, where that would be too much.</summary>
    public bool TryTake(long bytes)
    {
        if (bytes > limitBytes - TakenBytes) return false;
        TakenBytes += bytes;
        return true;
    }

    /// <summary>Gives back what was taken.</summary>
    public void Return(long bytes) => TakenBytes -= bytes;
}
