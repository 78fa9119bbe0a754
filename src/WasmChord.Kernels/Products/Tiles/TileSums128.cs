using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Portable 128-bit vectors: eight rows. Each pair of activations is broadcast once and meets both registers.</summary>
internal readonly unsafe struct TileSums128 : ITileSums
{
    /// <inheritdoc/>
    public static int Rows => 8;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(short* w, short* y, int stride, int pairs, int* sums)
    {
        int* y0 = (int*)y, y1 = (int*)(y + stride), y2 = (int*)(y + 2 * stride), y3 = (int*)(y + 3 * stride);
        Vector128<int> a0 = default, a1 = default, a2 = default, a3 = default;
        Vector128<int> b0 = default, b1 = default, b2 = default, b3 = default;
        for (int i = 0; i < pairs; i++, w += 2 * Rows)
        {
            Vector128<short> a = Vector128.Load(w), b = Vector128.Load(w + Rows);
            Vector128<short> at = Vector128.Create(y0[i]).AsInt16();
            a0 += PairProducts.Of(a, at);
            b0 += PairProducts.Of(b, at);
            at = Vector128.Create(y1[i]).AsInt16();
            a1 += PairProducts.Of(a, at);
            b1 += PairProducts.Of(b, at);
            at = Vector128.Create(y2[i]).AsInt16();
            a2 += PairProducts.Of(a, at);
            b2 += PairProducts.Of(b, at);
            at = Vector128.Create(y3[i]).AsInt16();
            a3 += PairProducts.Of(a, at);
            b3 += PairProducts.Of(b, at);
        }

        a0.Store(sums);
        b0.Store(sums + Rows / 2);
        a1.Store(sums + Rows);
        b1.Store(sums + Rows + Rows / 2);
        a2.Store(sums + 2 * Rows);
        b2.Store(sums + 2 * Rows + Rows / 2);
        a3.Store(sums + 3 * Rows);
        b3.Store(sums + 3 * Rows + Rows / 2);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddLane(
        short* w, short* y, int count, int step, short* more, short* yMore, float* factors, float* lanes, int laneStride)
    {
        int* y0 = (int*)y, y1 = y0 + 128, y2 = y1 + 128, y3 = y2 + 128;
        Vector128<int> a0 = default, a1 = default, a2 = default, a3 = default;
        Vector128<int> b0 = default, b1 = default, b2 = default, b3 = default;
        int turn = 128 - count * step;
        for (int half = 0; half < 2; half++, w += turn * Rows, y0 += turn / 2, y1 += turn / 2, y2 += turn / 2, y3 += turn / 2)
        for (int i = 0; i < count; i++, w += step * Rows, y0 += step / 2, y1 += step / 2, y2 += step / 2, y3 += step / 2)
        {
            Vector128<short> a = Vector128.Load(w), b = Vector128.Load(w + Rows);
            Vector128<short> at = Vector128.Create(y0[0]).AsInt16();
            a0 += PairProducts.Of(a, at);
            b0 += PairProducts.Of(b, at);
            at = Vector128.Create(y1[0]).AsInt16();
            a1 += PairProducts.Of(a, at);
            b1 += PairProducts.Of(b, at);
            at = Vector128.Create(y2[0]).AsInt16();
            a2 += PairProducts.Of(a, at);
            b2 += PairProducts.Of(b, at);
            at = Vector128.Create(y3[0]).AsInt16();
            a3 += PairProducts.Of(a, at);
            b3 += PairProducts.Of(b, at);
            a = Vector128.Load(w + 2 * Rows);
            b = Vector128.Load(w + 3 * Rows);
            at = Vector128.Create(y0[1]).AsInt16();
            a0 += PairProducts.Of(a, at);
            b0 += PairProducts.Of(b, at);
            at = Vector128.Create(y1[1]).AsInt16();
            a1 += PairProducts.Of(a, at);
            b1 += PairProducts.Of(b, at);
            at = Vector128.Create(y2[1]).AsInt16();
            a2 += PairProducts.Of(a, at);
            b2 += PairProducts.Of(b, at);
            at = Vector128.Create(y3[1]).AsInt16();
            a3 += PairProducts.Of(a, at);
            b3 += PairProducts.Of(b, at);
        }

        if (more != null)
        {
            y0 = (int*)yMore;
            y1 = y0 + 8;
            y2 = y1 + 8;
            y3 = y2 + 8;
            Vector128<short> a = Vector128.Load(more), b = Vector128.Load(more + Rows);
            Vector128<short> at = Vector128.Create(y0[0]).AsInt16();
            a0 += PairProducts.Of(a, at);
            b0 += PairProducts.Of(b, at);
            at = Vector128.Create(y1[0]).AsInt16();
            a1 += PairProducts.Of(a, at);
            b1 += PairProducts.Of(b, at);
            at = Vector128.Create(y2[0]).AsInt16();
            a2 += PairProducts.Of(a, at);
            b2 += PairProducts.Of(b, at);
            at = Vector128.Create(y3[0]).AsInt16();
            a3 += PairProducts.Of(a, at);
            b3 += PairProducts.Of(b, at);
        }

        Add(lanes, factors, a0, b0);
        Add(lanes + laneStride, factors + Rows, a1, b1);
        Add(lanes + 2 * laneStride, factors + 2 * Rows, a2, b2);
        Add(lanes + 3 * laneStride, factors + 3 * Rows, a3, b3);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddPairs(short* w, short* y, int pairs, float* factors, float* lanes, int laneStride)
    {
        int* y0 = (int*)y, y1 = y0 + 8, y2 = y1 + 8, y3 = y2 + 8;
        Vector128<int> a0 = default, a1 = default, a2 = default, a3 = default;
        Vector128<int> b0 = default, b1 = default, b2 = default, b3 = default;
        for (int i = 0; i < pairs; i++, w += 2 * Rows)
        {
            Vector128<short> a = Vector128.Load(w), b = Vector128.Load(w + Rows);
            Vector128<short> at = Vector128.Create(y0[i]).AsInt16();
            a0 += PairProducts.Of(a, at);
            b0 += PairProducts.Of(b, at);
            at = Vector128.Create(y1[i]).AsInt16();
            a1 += PairProducts.Of(a, at);
            b1 += PairProducts.Of(b, at);
            at = Vector128.Create(y2[i]).AsInt16();
            a2 += PairProducts.Of(a, at);
            b2 += PairProducts.Of(b, at);
            at = Vector128.Create(y3[i]).AsInt16();
            a3 += PairProducts.Of(a, at);
            b3 += PairProducts.Of(b, at);
        }

        Add(lanes, factors, a0, b0);
        Add(lanes + laneStride, factors + Rows, a1, b1);
        Add(lanes + 2 * laneStride, factors + 2 * Rows, a2, b2);
        Add(lanes + 3 * laneStride, factors + 3 * Rows, a3, b3);
    }

    // One position: the integers of all rows to its lane.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* lanes, float* factors, Vector128<int> a, Vector128<int> b)
    {
        (Vector128.Load(factors) * Vector128.ConvertToSingle(a) + Vector128.Load(lanes)).Store(lanes);
        factors += Rows / 2;
        lanes += Rows / 2;
        (Vector128.Load(factors) * Vector128.ConvertToSingle(b) + Vector128.Load(lanes)).Store(lanes);
    }
}
