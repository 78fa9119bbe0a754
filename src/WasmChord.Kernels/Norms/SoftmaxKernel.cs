using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>The softmax: a scalar reference and its twins, of the same bits.</summary>
internal static unsafe class SoftmaxKernel
{
    /// <summary>Works on at least one score. The machine must have the path.</summary>
    internal static void Run(KernelPath path, float* scores, int count, float scale)
    {
        switch (path)
        {
            case KernelPath.Avx512: RunVectors<Floats512>(scores, count, scale); break;
            case KernelPath.Avx2: RunVectors<Floats256>(scores, count, scale); break;
            case KernelPath.Vector128: RunVectors<Floats128>(scores, count, scale); break;
            default: RunScalar(scores, count, scale); break;
        }
    }

    private static void RunScalar(float* scores, int count, float scale)
    {
        float max = float.NegativeInfinity;
        for (int i = 0; i < count; i++)
        {
            scores[i] *= scale;
            max = MathF.Max(max, scores[i]);
        }

        if (IsAllMasked(max, scores, count)) return;
        for (int i = 0; i < count; i++) scores[i] = Exponential.Of(scores[i] - max);

        // Four sums take the fours in turn, so that twins can hold them in lanes; what is past the end counts as zero.
        double* sums = stackalloc double[4];
        for (int i = 0; i < 4; i++) sums[i] = 0;
        for (int i = 0; i < count; i += 4)
            sums[i / 4 & 3] += (At(i) + At(i + 2)) + (At(i + 1) + At(i + 3));
        float factor = (float)(1 / ((sums[0] + sums[2]) + (sums[1] + sums[3])));
        for (int i = 0; i < count; i++) scores[i] *= factor;

        float At(int index) => index < count ? scores[index] : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunVectors<T>(float* scores, int count, float scale)
        where T : unmanaged, IFloats<T>
    {
        int whole = count & ~15;
        float max = ScaleAndMaximum<T>(scores, whole, count, scale);
        if (IsAllMasked(max, scores, count)) return;

        T maximum = T.Create(max);
        Vector128<double> low = default, high = default;
        for (int i = 0; i < whole; i += 16)
        {
            T exponential = Exponential.Of(T.Load(scores + i) - maximum);
            exponential.Store(scores + i);
            Vector128<float> fours = Fours(exponential);
            low += Vector128.WidenLower(fours);
            high += Vector128.WidenUpper(fours);
        }

        if (whole < count)
        {
            // The lanes past the end compute e^0, which is as quick as any, and are cleared before the sum.
            float* tail = stackalloc float[16];
            int rest = count - whole;
            for (int i = 0; i < 16; i++) tail[i] = i < rest ? scores[whole + i] : max;
            Exponential.Of(T.Load(tail) - maximum).Store(tail);
            for (int i = rest; i < 16; i++) tail[i] = 0;
            for (int i = 0; i < rest; i++) scores[whole + i] = tail[i];
            Vector128<float> fours = Fours(T.Load(tail));
            low += Vector128.WidenLower(fours);
            high += Vector128.WidenUpper(fours);
        }

        Vector128<double> sums = low + high;
        float factor = (float)(1 / (sums[0] + sums[1]));
        T factors = T.Create(factor);
        for (int i = 0; i < whole; i += 16) (T.Load(scores + i) * factors).Store(scores + i);
        for (int i = whole; i < count; i++) scores[i] *= factor;
    }

    private static float ScaleAndMaximum<T>(float* scores, int whole, int count, float scale)
        where T : unmanaged, IFloats<T>
    {
        T scales = T.Create(scale), maxima = T.Create(float.NegativeInfinity);
        for (int i = 0; i < whole; i += 16)
        {
            T scaled = T.Load(scores + i) * scales;
            scaled.Store(scores + i);
            maxima = T.Max(maxima, scaled);
        }

        Vector128<float> four = Vector128.Max(Vector128.Max(maxima.First, maxima.Third), Vector128.Max(maxima.Second, maxima.Fourth));
        float max = MathF.Max(MathF.Max(four[0], four[2]), MathF.Max(four[1], four[3]));
        for (int i = whole; i < count; i++)
        {
            scores[i] *= scale;
            max = MathF.Max(max, scores[i]);
        }

        return max;
    }

    // NaN is a maximum, so that a row of −∞ has no NaN.
    private static bool IsAllMasked(float max, float* scores, int count)
    {
        if (!float.IsNegativeInfinity(max)) return false;
        new Span<float>(scores, count).Clear();
        return true;
    }

    // Lane k is the sum of lanes 4k to 4k + 3: the even ones, plus the odd ones.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Fours<T>(T values)
        where T : unmanaged, IFloats<T>
    {
        // Each becomes evens, odds, evens, odds; lane k of the result is taken from the k-th.
        Vector128<float> first = EvensAndOdds(values.First), second = EvensAndOdds(values.Second);
        Vector128<float> third = EvensAndOdds(values.Third), fourth = EvensAndOdds(values.Fourth);
        Vector128<int> isOdd = Vector128.Create(0, -1, 0, -1), isHigh = Vector128.Create(0, 0, -1, -1);
        Vector128<float> evens = Select(isHigh, Select(isOdd, first, Swap(second)), Select(isOdd, third, Swap(fourth)));
        Vector128<float> odds = Select(isHigh, Select(isOdd, Swap(first), second), Select(isOdd, Swap(third), fourth));
        return evens + odds;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Select(Vector128<int> mask, Vector128<float> where0, Vector128<float> where1) =>
        Vector128.ConditionalSelect(mask.AsSingle(), where1, where0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> EvensAndOdds(Vector128<float> values) => values + Vector128.Shuffle(values, Vector128.Create(2, 3, 0, 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Swap(Vector128<float> values) => Vector128.Shuffle(values, Vector128.Create(1, 0, 3, 2));
}
