using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>Integer products one row and one position at a time: decode, and the remainders of tiles.</summary>
internal static unsafe class RowProduct
{
    // Weights that several positions share come from the cache for all but the first.
    private const int ChunkBytes = 128 * 1024;

    // Entries of prepared activations on the stack; more (262,144 columns) come from the native heap.
    private const int StackEntries = 8192;

    /// <summary>output[p · outputStride + r] = row r · position p. The machine must have the path.</summary>
    [SkipLocalsInit]
    internal static void Run(KernelPath path, in ProductShape shape)
    {
        int entries = NeedsPreparation(shape.WeightType) ? PreparedActivations.EntriesFor(shape.Columns) : 0;
        int onStack = entries <= StackEntries ? entries : 0;
        byte* memory = stackalloc byte[12 * onStack + 1];
        if (entries > onStack) memory = (byte*)NativeMemory.Alloc((nuint)entries, 12);
        try
        {
            PreparedActivations prepared = new()
            {
                Scales = (float*)memory,
                ScaledSums = (float*)memory + entries,
                Sums = (int*)memory + 2 * entries,
            };
            Run(path, shape, &prepared, entries > 0);
        }
        finally
        {
            if (entries > onStack) NativeMemory.Free(memory);
        }
    }

    private static void Run(KernelPath path, in ProductShape shape, PreparedActivations* prepared, bool prepares)
    {
        delegate*<byte*, byte*, PreparedActivations*, int, float> dot = DotDispatch.For(path, shape.WeightType);
        bool isQ8_1 = Activations.TypeFor(shape.WeightType) == GgmlType.Q8_1;
        long chunkRows = shape.PositionCount == 1 ? shape.RowCount : Math.Max(1, ChunkBytes / shape.WeightRowBytes);
        for (long from = 0; from < shape.RowCount; from += chunkRows)
        {
            long to = Math.Min(shape.RowCount, from + chunkRows);
            for (int p = 0; p < shape.PositionCount; p++)
            {
                byte* activations = shape.Activations + p * shape.ActivationRowBytes;
                float* output = shape.Output + p * shape.OutputStride;
                if (prepares) prepared->Fill(activations, shape.Columns, isQ8_1);
                byte* weights = shape.Weights + from * shape.WeightRowBytes;
                for (long r = from; r < to; r++, weights += shape.WeightRowBytes)
                    output[r] = dot(weights, activations, prepared, shape.Columns);
            }
        }
    }

    private static bool NeedsPreparation(GgmlType weights) => Activations.TypeFor(weights) is GgmlType.Q8_0 or GgmlType.Q8_1;
}
