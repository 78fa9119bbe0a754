using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Two 256-bit registers.</summary>
internal readonly unsafe struct Floats256(Vector256<float> low, Vector256<float> high) : IFloats<Floats256>
{
    private readonly Vector256<float> _low = low, _high = high;

    /// <inheritdoc/>
    public Vector128<float> First => _low.GetLower();

    /// <inheritdoc/>
    public Vector128<float> Second => _low.GetUpper();

    /// <inheritdoc/>
    public Vector128<float> Third => _high.GetLower();

    /// <inheritdoc/>
    public Vector128<float> Fourth => _high.GetUpper();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats256 operator +(Floats256 left, Floats256 right) => new(left._low + right._low, left._high + right._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats256 operator -(Floats256 left, Floats256 right) => new(left._low - right._low, left._high - right._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats256 operator *(Floats256 left, Floats256 right) => new(left._low * right._low, left._high * right._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats256 operator /(Floats256 left, Floats256 right) => new(left._low / right._low, left._high / right._high);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats256 Load(float* source) => new(Vector256.Load(source), Vector256.Load(source + 8));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats256 Create(float value) => new(Vector256.Create(value), Vector256.Create(value));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats256 Max(Floats256 left, Floats256 right) =>
        new(Vector256.Max(left._low, right._low), Vector256.Max(left._high, right._high));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats256 SwapPairs(Floats256 value)
    {
        Vector256<int> order = Vector256.Create(1, 0, 3, 2, 5, 4, 7, 6);
        return new(Vector256.Shuffle(value._low, order), Vector256.Shuffle(value._high, order));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats256 PowerOfTwo(Floats256 shifted)
    {
        Vector256<int> one = Vector256.Create(Exponential.OneBits);
        return new(
            ((shifted._low.AsInt32() << Exponential.FractionBits) + one).AsSingle(),
            ((shifted._high.AsInt32() << Exponential.FractionBits) + one).AsSingle());
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyMagnitudeAbove(Floats256 value, float limit)
    {
        Vector256<float> limits = Vector256.Create(limit);
        return (Vector256.GreaterThan(Vector256.Abs(value._low), limits)
            | Vector256.GreaterThan(Vector256.Abs(value._high), limits)).AsInt32() != Vector256<int>.Zero;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double SumOfSquares(float* x, int groups)
    {
        Vector256<double> s0 = default, s1 = default, s2 = default, s3 = default;
        for (; groups > 0; groups--, x += 16)
        {
            Vector256<float> low = Vector256.Load(x), high = Vector256.Load(x + 8);
            (Vector256<double> a, Vector256<double> b) = Vector256.Widen(low * low);
            (Vector256<double> c, Vector256<double> d) = Vector256.Widen(high * high);
            s0 += a;
            s1 += b;
            s2 += c;
            s3 += d;
        }

        Vector256<double> four = (s0 + s2) + (s1 + s3);
        Vector128<double> two = four.GetLower() + four.GetUpper();
        return two[0] + two[1];
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination)
    {
        _low.Store(destination);
        _high.Store(destination + 8);
    }
}
