using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>The common end of float dot products.</summary>
internal static unsafe class FloatLanes
{
    /// <summary>Lanes that values are dealt to.</summary>
    internal const int Count = 16;

    /// <summary>2^112: what the exponents of halves and floats differ by.</summary>
    internal const float HalfBase = 5192296858534827628530496329220096f;

    /// <summary>How far ahead of use halves are asked for: 1 KiB. Rows end, and hardware starts anew on each page.</summary>
    internal const int PrefetchValues = 512;

    /// <summary>Magnitudes of halves from here on are infinite or NaN.</summary>
    internal const ushort HalfInfinity = 0x7C00;

    /// <summary>As <see cref="IFloatDots.OneOfHalves"/>, for any weights: the reference, and what few rows need.</summary>
    internal static float OneOfHalves(ushort* w, float* scaled, int count)
    {
        float* lanes = stackalloc float[Count];
        for (int i = 0; i < Count; i++) lanes[i] = 0;
        for (int i = 0; i < count; i++) lanes[i & (Count - 1)] += Float16.ToSingle(w[i]) * Float16.Lowered * scaled[i];
        return Finish(lanes, null, null, 0);
    }

    /// <summary>Folds sixteen lanes, given as two registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Fold(Vector256<float> lower, Vector256<float> upper)
    {
        Vector256<float> eight = lower + upper;
        return Fold(eight.GetLower() + eight.GetUpper());
    }

    /// <summary>Folds the last four lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Fold(Vector128<float> four)
    {
        four += Vector128.Shuffle(four, Vector128.Create(2, 3, 2, 3));
        return four.ToScalar() + four.GetElement(1);
    }

    /// <summary>Adds the last values, fewer than sixteen, to their lanes, and folds.</summary>
    internal static float Finish(float* lanes, float* w, float* y, int count)
    {
        for (int i = 0; i < count; i++) lanes[i] += w[i] * y[i];
        for (int width = 8; width > 0; width >>= 1)
            for (int i = 0; i < width; i++) lanes[i] += lanes[i + width];
        return lanes[0];
    }
}
