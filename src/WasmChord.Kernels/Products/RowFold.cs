using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>
/// The end of a row of super-blocks: the lanes of its products become one number, and so do the own lanes that mins of
/// four or one and shifts have; one order on every path.
/// </summary>
internal static unsafe class RowFold
{
    // What a shift by one eighth weighs.
    private const float ShiftWeight = 0.125f;

    /// <summary>Own lanes of a format, besides those of the products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int OwnLanes<TCodes>()
        where TCodes : ISuperBlockCodes => TCodes.HasShifts ? 8 : TCodes.MinLanes == 8 ? 0 : TCodes.MinLanes;

    /// <summary>Of lanes in memory.</summary>
    internal static float Of<TCodes>(float* lanes, float* own)
        where TCodes : ISuperBlockCodes
    {
        float sum = TCodes.LaneCount == 8 ? GroupSum.Of(lanes) : lanes[0];
        if (TCodes.HasShifts) return sum + ShiftWeight * GroupSum.Of(own);
        return TCodes.MinLanes switch
        {
            4 => sum + ((own[0] + own[2]) + (own[1] + own[3])),
            1 => sum + own[0],
            _ => sum,
        };
    }

    /// <summary>Of lanes in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Of<TCodes>(Vector256<float> lanes, Vector256<float> own)
        where TCodes : ISuperBlockCodes
    {
        float sum = TCodes.LaneCount == 8 ? GroupSum.Of(lanes) : lanes.ToScalar();
        if (TCodes.HasShifts) return sum + ShiftWeight * GroupSum.Of(own);
        if (TCodes.MinLanes == 1) return sum + own.ToScalar();
        if (TCodes.MinLanes != 4) return sum;
        Vector128<float> four = own.GetLower();
        four += Vector128.Shuffle(four, Vector128.Create(2, 3, 2, 3));
        return sum + (four.ToScalar() + four.GetElement(1));
    }

    /// <summary>Of eight neighbouring rows, whose lanes lie <paramref name="stride"/> apart, the own ones last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Of<TCodes>(float* lanes, int stride)
        where TCodes : ISuperBlockCodes
    {
        Vector256<float> sum = TCodes.LaneCount == 8 ? Eight(lanes, stride) : Vector256.Load(lanes);
        float* own = lanes + TCodes.LaneCount * stride;
        if (TCodes.HasShifts) return sum + Vector256.Create(ShiftWeight) * Eight(own, stride);
        if (TCodes.MinLanes == 1) return sum + Vector256.Load(own);
        if (TCodes.MinLanes != 4) return sum;
        return sum + ((Vector256.Load(own) + Vector256.Load(own + 2 * stride))
            + (Vector256.Load(own + stride) + Vector256.Load(own + 3 * stride)));
    }

    // As GroupSum.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Eight(float* t, int stride)
    {
        Vector256<float> even = (Vector256.Load(t) + Vector256.Load(t + 4 * stride))
            + (Vector256.Load(t + 2 * stride) + Vector256.Load(t + 6 * stride));
        Vector256<float> odd = (Vector256.Load(t + stride) + Vector256.Load(t + 5 * stride))
            + (Vector256.Load(t + 3 * stride) + Vector256.Load(t + 7 * stride));
        return even + odd;
    }
}
