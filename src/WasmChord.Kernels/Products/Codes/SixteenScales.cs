using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Widens the byte scales of a super-block to the sixteen words that products take.</summary>
internal static unsafe class SixteenScales
{
    /// <summary>Sixteen signed bytes, one a word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store(Vector128<sbyte> scales, short* words)
    {
        (Vector128<short> lower, Vector128<short> upper) = Vector128.Widen(scales);
        lower.Store(words);
        upper.Store(words + 8);
    }

    /// <summary>Eight scales and eight mins below 64, each written twice: they serve thirty-two values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void StorePairs(Vector128<sbyte> scalesAndMins, short* scales, short* mins)
    {
        Vector128<byte> bytes = scalesAndMins.AsByte();
        Vector128<byte> lower = Vector128.Create((byte)0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
        Store(Vector128.ShuffleNative(bytes, lower).AsSByte(), scales);
        Store(Vector128.ShuffleNative(bytes, lower + Vector128.Create((byte)8)).AsSByte(), mins);
    }
}
