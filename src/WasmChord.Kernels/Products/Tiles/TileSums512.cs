using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>AVX-512: thirty-two rows. Each pair of activations is broadcast once and meets both registers of weights.</summary>
internal readonly unsafe struct TileSums512 : ITileSums
{
    /// <inheritdoc/>
    public static int Rows => 32;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(short* w, short* y, int stride, int pairs, int* sums)
    {
        int* y0 = (int*)y, y1 = (int*)(y + stride), y2 = (int*)(y + 2 * stride), y3 = (int*)(y + 3 * stride);
        Vector512<int> a0 = default, a1 = default, a2 = default, a3 = default;
        Vector512<int> b0 = default, b1 = default, b2 = default, b3 = default;
        for (int i = 0; i < pairs; i++, w += 2 * Rows)
        {
            Vector512<short> a = Vector512.Load(w), b = Vector512.Load(w + Rows);
            Vector512<short> at = Vector512.Create(y0[i]).AsInt16();
            a0 += Avx512BW.MultiplyAddAdjacent(a, at);
            b0 += Avx512BW.MultiplyAddAdjacent(b, at);
            at = Vector512.Create(y1[i]).AsInt16();
            a1 += Avx512BW.MultiplyAddAdjacent(a, at);
            b1 += Avx512BW.MultiplyAddAdjacent(b, at);
            at = Vector512.Create(y2[i]).AsInt16();
            a2 += Avx512BW.MultiplyAddAdjacent(a, at);
            b2 += Avx512BW.MultiplyAddAdjacent(b, at);
            at = Vector512.Create(y3[i]).AsInt16();
            a3 += Avx512BW.MultiplyAddAdjacent(a, at);
            b3 += Avx512BW.MultiplyAddAdjacent(b, at);
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
        Vector512<int> a0 = default, a1 = default, a2 = default, a3 = default;
        Vector512<int> b0 = default, b1 = default, b2 = default, b3 = default;
        int turn = 128 - count * step;
        for (int half = 0; half < 2; half++, w += turn * Rows, y0 += turn / 2, y1 += turn / 2, y2 += turn / 2, y3 += turn / 2)
        for (int i = 0; i < count; i++, w += step * Rows, y0 += step / 2, y1 += step / 2, y2 += step / 2, y3 += step / 2)
        {
            Vector512<short> a = Vector512.Load(w), b = Vector512.Load(w + Rows);
            Vector512<short> at = Vector512.Create(y0[0]).AsInt16();
            a0 += Avx512BW.MultiplyAddAdjacent(a, at);
            b0 += Avx512BW.MultiplyAddAdjacent(b, at);
            at = Vector512.Create(y1[0]).AsInt16();
            a1 += Avx512BW.MultiplyAddAdjacent(a, at);
            b1 += Avx512BW.MultiplyAddAdjacent(b, at);
            at = Vector512.Create(y2[0]).AsInt16();
            a2 += Avx512BW.MultiplyAddAdjacent(a, at);
            b2 += Avx512BW.MultiplyAddAdjacent(b, at);
            at = Vector512.Create(y3[0]).AsInt16();
            a3 += Avx512BW.MultiplyAddAdjacent(a, at);
            b3 += Avx512BW.MultiplyAddAdjacent(b, at);
            a = Vector512.Load(w + 2 * Rows);
            b = Vector512.Load(w + 3 * Rows);
            at = Vector512.Create(y0[1]).AsInt16();
            a0 += Avx512BW.MultiplyAddAdjacent(a, at);
            b0 += Avx512BW.MultiplyAddAdjacent(b, at);
            at = Vector512.Create(y1[1]).AsInt16();
            a1 += Avx512BW.MultiplyAddAdjacent(a, at);
            b1 += Avx512BW.MultiplyAddAdjacent(b, at);
            at = Vector512.Create(y2[1]).AsInt16();
            a2 += Avx512BW.MultiplyAddAdjacent(a, at);
            b2 += Avx512BW.MultiplyAddAdjacent(b, at);
            at = Vector512.Create(y3[1]).AsInt16();
            a3 += Avx512BW.MultiplyAddAdjacent(a, at);
            b3 += Avx512BW.MultiplyAddAdjacent(b, at);
        }

        if (more != null)
        {
            y0 = (int*)yMore;
            y1 = y0 + 8;
            y2 = y1 + 8;
            y3 = y2 + 8;
            Vector512<short> a = Vector512.Load(more), b = Vector512.Load(more + Rows);
            Vector512<short> at = Vector512.Create(y0[0]).AsInt16();
            a0 += Avx512BW.MultiplyAddAdjacent(a, at);
            b0 += Avx512BW.MultiplyAddAdjacent(b, at);
            at = Vector512.Create(y1[0]).AsInt16();
            a1 += Avx512BW.MultiplyAddAdjacent(a, at);
            b1 += Avx512BW.MultiplyAddAdjacent(b, at);
            at = Vector512.Create(y2[0]).AsInt16();
            a2 += Avx512BW.MultiplyAddAdjacent(a, at);
            b2 += Avx512BW.MultiplyAddAdjacent(b, at);
            at = Vector512.Create(y3[0]).AsInt16();
            a3 += Avx512BW.MultiplyAddAdjacent(a, at);
            b3 += Avx512BW.MultiplyAddAdjacent(b, at);
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
        Vector512<int> a0 = default, a1 = default, a2 = default, a3 = default;
        Vector512<int> b0 = default, b1 = default, b2 = default, b3 = default;
        for (int i = 0; i < pairs; i++, w += 2 * Rows)
        {
            Vector512<short> a = Vector512.Load(w), b = Vector512.Load(w + Rows);
            Vector512<short> at = Vector512.Create(y0[i]).AsInt16();
            a0 += Avx512BW.MultiplyAddAdjacent(a, at);
            b0 += Avx512BW.MultiplyAddAdjacent(b, at);
            at = Vector512.Create(y1[i]).AsInt16();
            a1 += Avx512BW.MultiplyAddAdjacent(a, at);
            b1 += Avx512BW.MultiplyAddAdjacent(b, at);
            at = Vector512.Create(y2[i]).AsInt16();
            a2 += Avx512BW.MultiplyAddAdjacent(a, at);
            b2 += Avx512BW.MultiplyAddAdjacent(b, at);
            at = Vector512.Create(y3[i]).AsInt16();
            a3 += Avx512BW.MultiplyAddAdjacent(a, at);
            b3 += Avx512BW.MultiplyAddAdjacent(b, at);
        }

        Add(lanes, factors, a0, b0);
        Add(lanes + laneStride, factors + Rows, a1, b1);
        Add(lanes + 2 * laneStride, factors + 2 * Rows, a2, b2);
        Add(lanes + 3 * laneStride, factors + 3 * Rows, a3, b3);
    }

    // One position: the integers of all rows to its lane.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* lanes, float* factors, Vector512<int> a, Vector512<int> b)
    {
        (Vector512.Load(factors) * Vector512.ConvertToSingle(a) + Vector512.Load(lanes)).Store(lanes);
        factors += Rows / 2;
        lanes += Rows / 2;
        (Vector512.Load(factors) * Vector512.ConvertToSingle(b) + Vector512.Load(lanes)).Store(lanes);
    }
}
