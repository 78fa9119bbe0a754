using System.Runtime.CompilerServices;
using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>
/// Writes <see cref="GgmlType.Q4_0"/>: 32 values in 18 bytes: scale d (half) at 0, sixteen bytes of codes at 2, value j
/// in a low nibble and value j + 16 in the high one. Value = d × (code − 8); d maps the value of largest magnitude to
/// −8. Source: ggml's <c>quantize_row_q4_0_ref</c>.
/// </summary>
internal static unsafe class Q4_0Quantizer
{
    private const int TypeSize = 18;

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

            float d = AbsoluteMaximum.FirstWith(magnitude, source) / -8f;
            *(ushort*)destination = Float16.BitsFromSingle(d);
            TruncatedLevels.Of(source, 0f, ScaleReciprocal.Of(d), 8.5f, 15, levels, lanes);
            LevelBytes.PackNibbles16(levels, destination + 2);
        }
    }
}
