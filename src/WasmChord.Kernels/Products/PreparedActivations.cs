using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>
/// What is the same for every row of weights that meets one position's activations of Q8_0 or Q8_1, taken out of the
/// loop over rows: their scales as floats and the sums of their codes. One entry for each 32 values, padded with zeros
/// to whole groups of eight. The memory is the caller's.
/// </summary>
internal unsafe struct PreparedActivations
{
    /// <summary>Scale of each block.</summary>
    public float* Scales;

    /// <summary>For Q8_1: scale times sum of the codes, as the block stores it.</summary>
    public float* ScaledSums;

    /// <summary>For Q8_0: sum of the codes.</summary>
    public int* Sums;

    /// <summary>Entries that <paramref name="columns"/> values need, padding included.</summary>
    internal static int EntriesFor(int columns) => (columns + 255) / 256 * 8;

    /// <summary>Fills the entries of one position. <paramref name="isQ8_1"/> says which of the two types it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal readonly void Fill(byte* activations, int columns, bool isQ8_1)
    {
        int entries = EntriesFor(columns), blocks = columns / 32;
        for (int i = 0; i < blocks; i++)
        {
            if (isQ8_1)
            {
                var block = (BlockQ8_1*)activations + i;
                Scales[i] = Float16.ToSingle(block->D);
                ScaledSums[i] = Float16.ToSingle(block->S);
                Sums[i] = 0;
            }
            else
            {
                var block = (BlockQ8_0*)activations + i;
                Scales[i] = Float16.ToSingle(block->D);
                ScaledSums[i] = 0;
                Sums[i] = SumOf(block->Qs);
            }
        }

        for (int i = blocks; i < entries; i++)
        {
            Scales[i] = ScaledSums[i] = 0;
            Sums[i] = 0;
        }
    }

    // At most 32 · 128, so words hold every partial sum.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int SumOf(sbyte* codes)
    {
        (Vector128<short> a, Vector128<short> b) = Vector128.Widen(Vector128.Load(codes));
        (Vector128<short> c, Vector128<short> d) = Vector128.Widen(Vector128.Load(codes + 16));
        return Vector128.Sum((a + b) + (c + d));
    }
}
