using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class SignedCodes
{
    /// <summary>As <see cref="OfVector256"/>, sixteen values a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float OfVector512(float* x, sbyte* codes)
    {
        int magnitude = AbsoluteMaximum.Vector512Bits(x, BlockSize);
        if (magnitude >= AbsoluteMaximum.NotFinite) return NotFinite(codes);

        float d = BitConverter.Int32BitsToSingle(magnitude) / 127f;
        Vector512<float> reciprocal = Vector512.Create(ScaleReciprocal.Of(d));
        LevelBytes.StoreSigned(Round(Vector512.Load(x) * reciprocal), codes);
        LevelBytes.StoreSigned(Round(Vector512.Load(x + 16) * reciprocal), codes + 16);
        return d;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Round(Vector512<float> v)
    {
        Vector512<float> signed = (v & Vector512.Create(-0f)) | Vector512.Create(JustBelowHalf);
        return Vector512.ConvertToInt32Native(v + signed);
    }
}
