using System.Runtime.CompilerServices;
using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>
/// Writes <see cref="GgmlType.Q5_1"/>: 32 values in 24 bytes: scale d and minimum m (halves) at 0 and 2, the fifth bits
/// of the codes at 4 (bit j of a 32-bit integer for value j), the low nibbles at 8, value j below value j + 16.
/// Value = d × code + m; the range of the block is cut in 31. Source: ggml's <c>quantize_row_q5_1_ref</c>.
/// </summary>
internal static unsafe class Q5_1Quantizer
{
    private const int TypeSize = 24;

    [SkipLocalsInit]
    public static void FromFloat(float* source, byte* destination, long blockCount, bool lanes)
    {
        byte* levels = stackalloc byte[TruncatedLevels.BlockSize];
        for (long i = 0; i < blockCount; i++, source += TruncatedLevels.BlockSize, destination += TypeSize)
        {
            if (!AbsoluteMaximum.IsFinite(source, TruncatedLevels.BlockSize, lanes))
            {
                NotFiniteBlock.Store(destination, TypeSize, scaleOffset: 0);
                continue;
            }

            (float min, float max) = ValueRange.Of(source, lanes);
            float d = (max - min) / 31f;
            *(ushort*)destination = Float16.BitsFromSingle(d);
            *(ushort*)(destination + 2) = Float16.BitsFromSingle(min);
            TruncatedLevels.Of(source, min, ScaleReciprocal.Of(d), 0.5f, 31, levels, lanes);
            *(uint*)(destination + 4) = LevelBytes.FifthBits(levels);
            LevelBytes.PackNibbles16(levels, destination + 8);
        }
    }
}
