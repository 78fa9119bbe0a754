using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>One 512-bit register.</summary>
internal readonly unsafe struct Floats512(Vector512<float> lanes) : IFloats<Floats512>
{
    private readonly Vector512<float> _lanes = lanes;

    /// <inheritdoc/>
    public Vector128<float> First => _lanes.GetLower().GetLower();

    /// <inheritdoc/>
    public Vector128<float> Second => _lanes.GetLower().GetUpper();

    /// <inheritdoc/>
    public Vector128<float> Third => _lanes.GetUpper().GetLower();

    /// <inheritdoc/>
    public Vector128<float> Fourth => _lanes.GetUpper().GetUpper();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats512 operator +(Floats512 left, Floats512 right) => new(left._lanes + right._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats512 operator -(Floats512 left, Floats512 right) => new(left._lanes - right._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats512 operator *(Floats512 left, Floats512 right) => new(left._lanes * right._lanes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats512 operator /(Floats512 left, Floats512 right) => new(left._lanes / right._lanes);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats512 Load(float* source) => new(Vector512.Load(source));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats512 Create(float value) => new(Vector512.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats512 Max(Floats512 left, Floats512 right) => new(Vector512.Max(left._lanes, right._lanes));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats512 SwapPairs(Floats512 value) =>
        new(Vector512.Shuffle(value._lanes, Vector512.Create(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats512 PowerOfTwo(Floats512 shifted) =>
        new(((shifted._lanes.AsInt32() << Exponential.FractionBits) + Vector512.Create(Exponential.OneBits)).AsSingle());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyMagnitudeAbove(Floats512 value, float limit) =>
        Vector512.GreaterThanAny(Vector512.Abs(value._lanes), Vector512.Create(limit));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double SumOfSquares(float* x, int groups)
    {
        Vector512<double> low = default, high = default;
        for (; groups > 0; groups--, x += 16)
        {
            Vector512<float> values = Vector512.Load(x);
            (Vector512<double> a, Vector512<double> b) = Vector512.Widen(values * values);
            low += a;
            high += b;
        }

        Vector512<double> eight = low + high;
        Vector256<double> four = eight.GetLower() + eight.GetUpper();
        Vector128<double> two = four.GetLower() + four.GetUpper();
        return two[0] + two[1];
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination) => _lanes.Store(destination);
}
