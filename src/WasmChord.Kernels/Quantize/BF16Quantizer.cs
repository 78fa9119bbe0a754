using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>
/// float32 to bfloat16: the upper half of the bits, rounded to nearest, ties to even. A NaN keeps the upper half of its
/// payload and is made quiet (ggml's <c>ggml_compute_fp32_to_bf16</c>).
/// </summary>
internal static unsafe class BF16Quantizer
{
    private const uint QuietBit = 64;

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

        for (; done < count; done++) destination[done] = Convert(BitConverter.SingleToUInt32Bits(source[done]));
    }

    private static ushort Convert(uint bits) => (bits & 0x7FFF_FFFF) > 0x7F80_0000
        ? (ushort)((bits >> 16) | QuietBit)
        : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);

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
