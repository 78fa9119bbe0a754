using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class SignedCodes
{
    /// <summary>
    /// As <see cref="OfScalar"/>, eight values a vector. Each code depends on its own value and d only, and d on an
    /// integer maximum, so no order of operations can show; quotients lie within ±127.00002, so conversion and packing
    /// never saturate.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float OfVector256(float* x, sbyte* codes)
    {
        int magnitude = AbsoluteMaximum.Vector256Bits(x, BlockSize);
        if (magnitude >= AbsoluteMaximum.NotFinite) return NotFinite(codes);

        float d = BitConverter.Int32BitsToSingle(magnitude) / 127f;
        Vector256<float> reciprocal = Vector256.Create(ScaleReciprocal.Of(d));
        LevelBytes.StoreSigned(
            Round(Vector256.Load(x) * reciprocal),
            Round(Vector256.Load(x + 8) * reciprocal),
            Round(Vector256.Load(x + 16) * reciprocal),
            Round(Vector256.Load(x + 24) * reciprocal),
            codes);
        return d;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Round(Vector256<float> v)
    {
        Vector256<float> signed = (v & Vector256.Create(-0f)) | Vector256.Create(JustBelowHalf);
        return Vector256.ConvertToInt32Native(v + signed);
    }
}
