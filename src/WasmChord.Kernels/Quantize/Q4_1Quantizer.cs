using System.Runtime.CompilerServices;
using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>
/// Writes <see cref="GgmlType.Q4_1"/>: 32 values in 20 bytes: scale d and minimum m (halves) at 0 and 2, sixteen bytes
/// of codes at 4, value j in a low nibble and value j + 16 in the high one. Value = d × code + m; the range of the
/// block is cut in 15. Source: ggml's <c>quantize_row_q4_1_ref</c>.
/// </summary>
internal static unsafe class Q4_1Quantizer
{
    private const int TypeSize = 20;

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
            float d = (max - min) / 15f;
            *(ushort*)destination = Float16.BitsFromSingle(d);
            *(ushort*)(destination + 2) = Float16.BitsFromSingle(min);
            TruncatedLevels.Of(source, min, ScaleReciprocal.Of(d), 0.5f, 15, levels, lanes);
            LevelBytes.PackNibbles16(levels, destination + 4);
        }
    }
}
