namespace WasmChord.Memory64;

/// <summary>How fast a file could be read each way when it was last measured; what <see cref="StorageMode.Auto"/> decides by.</summary>
/// <param name="DirectRate">Direct reads, in bytes per second; 0 where they fail.</param>
/// <param name="BufferedRate">Buffered reads, in bytes per second.</param>
public readonly record struct StorageMeasure(double DirectRate, double BufferedRate)
{
    // Buffered reads cost a copy of every byte on processors that the arithmetic needs, so they have to be clearly faster.
    private const double BufferedMustLeadBy = 1.25;

    /// <summary>The way to read.</summary>
    public StorageMode Choice => BufferedRate <= DirectRate * BufferedMustLeadBy ? StorageMode.Direct : StorageMode.Buffered;
}
