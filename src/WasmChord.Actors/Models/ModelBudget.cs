using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>What a budget means for one model: how much in all, and how much of it segments may fill.</summary>
/// <param name="TotalBytes">The budget.</param>
/// <param name="BufferBytes">Set aside for buffers in flight.</param>
internal readonly record struct ModelBudget(long TotalBytes, long BufferBytes)
{
    /// <summary>Left for segments.</summary>
    public long CacheBytes => TotalBytes - BufferBytes;

    /// <summary>Works a budget out.</summary>
    /// <param name="spec">As it is set; <c>auto</c> takes what the model can use of <paramref name="availableBytes"/>.</param>
    /// <param name="services">The model.</param>
    /// <param name="availableBytes">What the node has left.</param>
    /// <exception cref="ModelRefusedException">It does not hold one segment in use and one in flight, or exceeds what is left.</exception>
    public static ModelBudget Resolve(BudgetSpec spec, ModelServices services, long availableBytes)
    {
        ImageLayout layout = services.Layout;
        long buffers = services.Loader.MaxBufferBytes;
        long total = spec.Kind switch
        {
            BudgetKind.Auto => Math.Min(availableBytes, layout.AllLayersBytes + buffers),
            // Layers are what the reader of a setting counts; what loading takes besides comes on top.
            BudgetKind.Layers => Saturated(spec.Resolve(layout.LargestLayerBytes, availableBytes), buffers),
            _ => spec.Value,
        };
        long smallest = SmallestCacheBytes(layout) + buffers;
        if (total < smallest)
            throw new ModelRefusedException(ModelRefusal.BudgetTooSmall,
                $"a budget of {total} bytes does not hold one segment in use and one in flight of {services.Path}: the smallest that would do is {smallest} bytes ({ByteSize.Format(smallest)})");
        if (total > availableBytes)
            throw new ModelRefusedException(ModelRefusal.BudgetTooSmall,
                $"a budget of {total} bytes ({ByteSize.Format(total)}) for {services.Path} exceeds the {availableBytes} bytes ({ByteSize.Format(availableBytes)}) that wasmchord.node-budget has left");
        return new ModelBudget(total, buffers);
    }

    /// <summary>What the weights' cache needs at least: one segment in use and one in flight.</summary>
    public static long SmallestCacheBytes(ImageLayout layout) => Math.Min(2 * layout.LargestSegmentBytes, layout.AllLayersBytes);

    private static long Saturated(long a, long b) => a > long.MaxValue - b ? long.MaxValue : a + b;
}
