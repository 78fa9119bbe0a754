using System.Runtime.CompilerServices;
using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>
/// Writes <see cref="GgmlType.Q5_0"/>: 32 values in 22 bytes: scale d (half) at 0, the fifth bits of the codes at 2
/// (bit j of a 32-bit integer for value j), the low nibbles at 6, value j below value j + 16. Value = d × (code − 16);
/// d maps the value of largest magnitude to −16. Source: ggml's <c>quantize_row_q5_0_ref</c>.
/// </summary>
internal static unsafe class Q5_0Quantizer
{
    private const int TypeSize = 22;

    [SkipLocalsInit]
    public static void FromFloat(float* source, byte* destination, long blockCount, bool lanes)
    {
        byte* levels = stackalloc byte[TruncatedLevels.BlockSize];
        for (long i = 0; i < blockCount; i++, source += TruncatedLevels.BlockSize, destination += TypeSize)
        {
            int magnitude = AbsoluteMaximum.Bits(source, TruncatedLevels.BlockSize, lanes);
            if (magnitude >= AbsoluteMaximum.NotFinite)
            {
                NotFiniteBlock.Store(destination, TypeSize, scaleOffset: 0);
                continue;
            }

            float d = AbsoluteMaximum.FirstWith(magnitude, source) / -16f;
            *(ushort*)destination = Float16.BitsFromSingle(d);
            TruncatedLevels.Of(source, 0f, ScaleReciprocal.Of(d), 16.5f, 31, levels, lanes);
            *(uint*)(destination + 2) = LevelBytes.FifthBits(levels);
            LevelBytes.PackNibbles16(levels, destination + 6);
        }
    }
}
