using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>From the integer lanes of one super-block to its contribution, as <see cref="ScalarDot.Contribution"/>.</summary>
internal static class SuperBlockSum
{
    /// <summary>Adds the lanes exactly, converts, and applies the factors of both sides.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Contribution<T>(float scale, float minScale, Vector256<int> products, Vector256<int> mins)
        where T : ISuperBlockLanes
    {
        if (!T.HasMins)
        {
            Vector128<int> all = products.GetLower() + products.GetUpper();
            all += Vector128.Shuffle(all, Vector128.Create(2, 3, 2, 3));
            all += Vector128.Shuffle(all, Vector128.Create(1, 1, 1, 1));
            return scale * Vector128.ConvertToSingle(all).ToScalar();
        }

        // Products end in lanes 0 and 1, mins in 2 and 3, then each in the first of the two.
        Vector256<int> pairs = Avx2.HorizontalAdd(products, mins);
        Vector128<int> both = pairs.GetLower() + pairs.GetUpper();
        both += Vector128.Shuffle(both, Vector128.Create(1, 1, 3, 3));
        Vector128<float> floats = Vector128.ConvertToSingle(both);
        return scale * floats.ToScalar() - minScale * floats.GetElement(2);
    }
}
