using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>
/// Rounds to the nearest integer, ties to even, by adding 1.5 × 2^23: the sum's last mantissa bit then counts ones, and
/// the floating-point unit has done the rounding. This is ggml's <c>nearest_int</c>; unlike a conversion instruction it
/// gives the same answer on every processor for what is out of range (±2^22): the low 23 bits, less 2^22, which is 0
/// for a NaN that arithmetic made.
/// </summary>
internal static class NearestInteger
{
    private const float Magic = 12_582_912f;
    private const int MantissaMask = 0x007F_FFFF;
    private const int Bias = 0x0040_0000;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Of(float value) => (BitConverter.SingleToInt32Bits(value + Magic) & MantissaMask) - Bias;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Of(Vector256<float> value) =>
        ((value + Vector256.Create(Magic)).AsInt32() & Vector256.Create(MantissaMask)) - Vector256.Create(Bias);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Of(Vector512<float> value) =>
        ((value + Vector512.Create(Magic)).AsInt32() & Vector512.Create(MantissaMask)) - Vector512.Create(Bias);
}
