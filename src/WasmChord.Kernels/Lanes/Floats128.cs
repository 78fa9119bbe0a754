using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Four 128-bit registers.</summary>
internal readonly unsafe struct Floats128(Vector128<float> first, Vector128<float> second, Vector128<float> third, Vector128<float> fourth)
    : IFloats<Floats128>
{
    /// <inheritdoc/>
    public Vector128<float> First { get; } = first;

    /// <inheritdoc/>
    public Vector128<float> Second { get; } = second;

    /// <inheritdoc/>
    public Vector128<float> Third { get; } = third;

    /// <inheritdoc/>
    public Vector128<float> Fourth { get; } = fourth;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats128 operator +(Floats128 left, Floats128 right) =>
        new(left.First + right.First, left.Second + right.Second, left.Third + right.Third, left.Fourth + right.Fourth);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats128 operator -(Floats128 left, Floats128 right) =>
        new(left.First - right.First, left.Second - right.Second, left.Third - right.Third, left.Fourth - right.Fourth);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats128 operator *(Floats128 left, Floats128 right) =>
        new(left.First * right.First, left.Second * right.Second, left.Third * right.Third, left.Fourth * right.Fourth);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats128 operator /(Floats128 left, Floats128 right) =>
        new(left.First / right.First, left.Second / right.Second, left.Third / right.Third, left.Fourth / right.Fourth);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats128 Load(float* source) =>
        new(Vector128.Load(source), Vector128.Load(source + 4), Vector128.Load(source + 8), Vector128.Load(source + 12));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats128 Create(float value)
    {
        Vector128<float> lanes = Vector128.Create(value);
        return new(lanes, lanes, lanes, lanes);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats128 Max(Floats128 left, Floats128 right) =>
        new(Vector128.Max(left.First, right.First), Vector128.Max(left.Second, right.Second),
            Vector128.Max(left.Third, right.Third), Vector128.Max(left.Fourth, right.Fourth));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats128 SwapPairs(Floats128 value)
    {
        Vector128<int> order = Vector128.Create(1, 0, 3, 2);
        return new(Vector128.Shuffle(value.First, order), Vector128.Shuffle(value.Second, order),
            Vector128.Shuffle(value.Third, order), Vector128.Shuffle(value.Fourth, order));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Floats128 PowerOfTwo(Floats128 shifted) =>
        new(PowerOfTwo(shifted.First), PowerOfTwo(shifted.Second), PowerOfTwo(shifted.Third), PowerOfTwo(shifted.Fourth));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool AnyMagnitudeAbove(Floats128 value, float limit)
    {
        Vector128<float> limits = Vector128.Create(limit);
        Vector128<float> above = Vector128.GreaterThan(Vector128.Abs(value.First), limits)
            | Vector128.GreaterThan(Vector128.Abs(value.Second), limits)
            | Vector128.GreaterThan(Vector128.Abs(value.Third), limits)
            | Vector128.GreaterThan(Vector128.Abs(value.Fourth), limits);
        return above.AsInt32() != Vector128<int>.Zero;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double SumOfSquares(float* x, int groups)
    {
        // Register k of eight holds lanes 2k and 2k + 1.
        Vector128<double> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
        for (; groups > 0; groups--, x += 16)
        {
            Vector128<float> a = Vector128.Load(x), b = Vector128.Load(x + 4), c = Vector128.Load(x + 8), d = Vector128.Load(x + 12);
            a *= a;
            b *= b;
            c *= c;
            d *= d;
            s0 += Vector128.WidenLower(a);
            s1 += Vector128.WidenUpper(a);
            s2 += Vector128.WidenLower(b);
            s3 += Vector128.WidenUpper(b);
            s4 += Vector128.WidenLower(c);
            s5 += Vector128.WidenUpper(c);
            s6 += Vector128.WidenLower(d);
            s7 += Vector128.WidenUpper(d);
        }

        Vector128<double> two = ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7));
        return two[0] + two[1];
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination)
    {
        First.Store(destination);
        Second.Store(destination + 4);
        Third.Store(destination + 8);
        Fourth.Store(destination + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> PowerOfTwo(Vector128<float> shifted) =>
        ((shifted.AsInt32() << Exponential.FractionBits) + Vector128.Create(Exponential.OneBits)).AsSingle();
}
