using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>Products of eight words, added in neighbouring pairs to four exact integers.</summary>
internal static class PairProducts
{
    /// <summary>a[2i] · b[2i] + a[2i + 1] · b[2i + 1] in lane i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<int> Of(Vector128<short> a, Vector128<short> b)
    {
        if (Sse2.IsSupported) return Sse2.MultiplyAddAdjacent(a, b);
        if (AdvSimd.Arm64.IsSupported)
            return AdvSimd.Arm64.AddPairwise(
                AdvSimd.MultiplyWideningLower(a.GetLower(), b.GetLower()), AdvSimd.MultiplyWideningUpper(a, b));

        // A pair seen as a lane of 32 bits: its lower word by sign extension, its upper word by an arithmetic shift.
        Vector128<int> x = a.AsInt32(), y = b.AsInt32();
        return ((x << 16) >> 16) * ((y << 16) >> 16) + (x >> 16) * (y >> 16);
    }

    /// <summary>Neighbouring lanes added: two of <paramref name="a"/>, then two of <paramref name="b"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<int> Neighbours(Vector128<int> a, Vector128<int> b)
    {
        if (Ssse3.IsSupported) return Ssse3.HorizontalAdd(a, b);
        if (AdvSimd.Arm64.IsSupported) return AdvSimd.Arm64.AddPairwise(a, b);
        return Vector128.Create(a[0] + a[1], a[2] + a[3], b[0] + b[1], b[2] + b[3]);
    }
}
