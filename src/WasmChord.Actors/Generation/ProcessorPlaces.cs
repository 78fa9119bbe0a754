namespace WasmChord.Actors;

/// <summary>How many logits processors a model may have at a time, started or starting. From any thread.</summary>
internal sealed class ProcessorPlaces(int most)
{
    private int _taken;

    /// <summary>Places taken now.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>A place for a processor that is about to start; null when all are taken.</summary>
    public ProcessorPlace? TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= most) return new ProcessorPlace(this);
        Leave();
        return null;
    }

    /// <summary>A place is free again.</summary>
    public void Leave() => Interlocked.Decrement(ref _taken);
}
