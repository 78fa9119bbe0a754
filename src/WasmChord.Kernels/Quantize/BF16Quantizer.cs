using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>
/// Writes <see cref="GgmlType.BF16"/>: <see cref="BrainFloat16.BitsFromSingle"/> and its vector twin. Source: ggml's
/// <c>ggml_compute_fp32_to_bf16</c>.
/// </summary>
internal static unsafe class BF16Quantizer
{
    private const uint QuietBit = 0x40;

    public static void FromFloat(float* source, ushort* destination, long count, bool lanes)
    {
        long done = 0;
        if (lanes)
        {
            for (; done + 16 <= count; done += 16)
            {
                Vector256<uint> low = Convert(Vector256.Load((uint*)source + done));
                Vector256<uint> high = Convert(Vector256.Load((uint*)source + done + 8));
                Vector256.Narrow(low, high).Store(destination + done);
            }
        }

        for (; done < count; done++) destination[done] = BrainFloat16.BitsFromSingle(source[done]);
    }

    /// <summary>Eight bit patterns of floats to eight of bfloat16, in the low halves of their lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Convert(Vector256<uint> bits)
    {
        Vector256<uint> upper = bits >>> 16;
        Vector256<uint> rounded = (bits + Vector256.Create(0x7FFFu) + (upper & Vector256<uint>.One)) >>> 16;
        Vector256<uint> isNaN =
            Vector256.GreaterThan(bits & Vector256.Create(0x7FFF_FFFFu), Vector256.Create(0x7F80_0000u));
        return Vector256.ConditionalSelect(isNaN, upper | Vector256.Create(QuietBit), rounded);
    }
}
