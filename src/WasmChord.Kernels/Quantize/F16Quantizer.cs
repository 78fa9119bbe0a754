using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>
/// float32 to binary16. Rule: <see cref="HalfBits"/>. The vector path is the method of the FP16 library (M. Dukhan),
/// which ggml uses too.
/// </summary>
internal static unsafe class F16Quantizer
{
    private const float TwoTo112 = 5.192296858534828e33f;
    private const float TwoToMinus110 = 7.703719777548943e-34f;

    public static void FromFloat(float* source, ushort* destination, long count, bool lanes)
    {
        long done = 0;
        if (lanes)
        {
            for (; done + 16 <= count; done += 16)
            {
                Vector256<uint> low = Convert(Vector256.Load(source + done));
                Vector256<uint> high = Convert(Vector256.Load(source + done + 8));
                Vector256.Narrow(low, high).Store(destination + done);
            }
        }

        for (; done < count; done++) destination[done] = HalfBits.FromSingle(source[done]);
    }

    /// <summary>Eight floats to eight half patterns, one in the low 16 bits of each lane.</summary>
    /// <remarks>
    /// To 4|f| a power of two is added, 2^15 times the weight of f's leading bit (of 2^-14 at least: what becomes
    /// subnormal). The sum's last bit then weighs what the half's last bit does, so the addition itself rounds, to
    /// nearest even. Its low 12 bits are the half's mantissa with the leading bit, its exponent modulo 32 the half's
    /// less one; added up, the leading bit and any carry of the rounding bump the exponent. Getting 4|f| by way of
    /// 2^112 turns what a half cannot hold into infinity.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Convert(Vector256<float> f)
    {
        Vector256<uint> bits = f.AsUInt32();
        Vector256<uint> doubled = bits + bits;
        Vector256<float> scaled = Vector256.Abs(f) * Vector256.Create(TwoTo112) * Vector256.Create(TwoToMinus110);
        Vector256<uint> exponent = Vector256.Max(doubled & Vector256.Create(0xFF00_0000u), Vector256.Create(0x7100_0000u));
        Vector256<uint> rounded =
            (((exponent >>> 1) + Vector256.Create(0x0780_0000u)).AsSingle() + scaled).AsUInt32();
        Vector256<uint> half = ((rounded >>> 13) & Vector256.Create(0x7C00u)) + (rounded & Vector256.Create(0x0FFFu));
        Vector256<uint> isNaN = Vector256.GreaterThan(doubled, Vector256.Create(0xFF00_0000u));
        half = Vector256.ConditionalSelect(isNaN, Vector256.Create((uint)HalfBits.NaN), half);
        return ((bits >>> 16) & Vector256.Create(0x8000u)) | half;
    }
}
