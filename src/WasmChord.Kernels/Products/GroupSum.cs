using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>
/// The one order in which eight floats are added, whatever the path: halves onto halves, as vectors fold. Small blocks
/// add the contributions of 256 columns so, and then groups of them one after another; super-blocks add the lanes of a
/// row so.
/// </summary>
internal static unsafe class GroupSum
{
    /// <summary>The sum of eight contributions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Of(float* t) => ((t[0] + t[4]) + (t[2] + t[6])) + ((t[1] + t[5]) + (t[3] + t[7]));

    /// <summary>The same of a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Of(Vector256<float> t)
    {
        Vector128<float> half = t.GetLower() + t.GetUpper();
        half += Vector128.Shuffle(half, Vector128.Create(2, 3, 2, 3));
        return half.ToScalar() + half.GetElement(1);
    }
}
