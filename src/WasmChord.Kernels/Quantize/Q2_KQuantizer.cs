using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>
/// Writes <see cref="GgmlType.Q2_K"/>: 256 values in 84 bytes: sixteen bytes at 0, one per group of 16 values, scale in
/// the low nibble and minimum in the high one; two-bit codes at 16, each run of 128 values in 32 bytes, value j of the
/// run in byte j mod 32, bits 2(j / 32); d and dmin (halves) at 80 and 82. Value = d × scale × code − dmin × min.
/// Source: ggml's <c>quantize_row_q2_K_ref</c>.
/// </summary>
internal static unsafe class Q2_KQuantizer
{
    private const int TypeSize = 84;
    private const int CodesOffset = 16;
    private const int DOffset = 80;
    private const int DMinOffset = 82;
    private const int GroupSize = 16;
    private const int GroupCount = SuperBlock.Size / GroupSize;
    private const float LargestGroupScale = 15f;

    private static readonly AffineScaleSearch s_search = new(GroupSize, 3, -0.5f, 15, absolute: true);

    [SkipLocalsInit]
    public static void FromFloat(float* source, byte* destination, long blockCount, bool lanes)
    {
        byte* levels = stackalloc byte[SuperBlock.Size];
        float* scales = stackalloc float[GroupCount];
        float* mins = stackalloc float[GroupCount];
        for (; blockCount > 0; blockCount--, source += SuperBlock.Size, destination += TypeSize)
        {
            if (!AbsoluteMaximum.IsFinite(source, SuperBlock.Size, lanes))
            {
                NotFiniteBlock.Store(destination, TypeSize, DOffset);
                continue;
            }

            s_search.Run(source, scales, mins, levels, lanes);
            Unsafe.InitBlockUnaligned(destination, 0, GroupCount);
            *(ushort*)(destination + DOffset) = StoreNibbles(scales, destination, 0);
            *(ushort*)(destination + DMinOffset) = StoreNibbles(mins, destination, 4);
            AssignLevels(source, destination, levels, lanes);
            for (int run = 0; run < 2; run++)
            {
                byte* of = levels + (128 * run);
                LevelBytes.PackPairs32(
                    Vector256.Load(of), Vector256.Load(of + 32), Vector256.Load(of + 64), Vector256.Load(of + 96),
                    destination + CodesOffset + (32 * run));
            }
        }
    }

    /// <summary>
    /// Stores one factor per group in four bits at <paramref name="shift"/>, relative to the largest; returns its unit.
    /// </summary>
    private static ushort StoreNibbles(float* factors, byte* nibbles, int shift)
    {
        float largest = 0f;
        for (int g = 0; g < GroupCount; g++)
            if (factors[g] > largest) largest = factors[g];
        if (largest == 0f) return 0;

        float inverse = LargestGroupScale / largest;
        for (int g = 0; g < GroupCount; g++) nibbles[g] |= (byte)(NearestInteger.Of(inverse * factors[g]) << shift);
        return Float16.BitsFromSingle(largest / LargestGroupScale);
    }

    private static void AssignLevels(float* x, byte* block, byte* levels, bool lanes)
    {
        float d = Float16.ToSingle(*(ushort*)(block + DOffset));
        float dMin = Float16.ToSingle(*(ushort*)(block + DMinOffset));
        for (int g = 0; g < GroupCount; g++)
        {
            float scale = d * (block[g] & 0x0F);
            if (scale == 0f) continue;
            int at = g * GroupSize;
            SuperBlock.AssignLevels(x + at, GroupSize, scale, dMin * (block[g] >> 4), 3, 0, levels + at, lanes);
        }
    }
}
