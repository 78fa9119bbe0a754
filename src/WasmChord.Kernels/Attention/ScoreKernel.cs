using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>
/// Products of queries and keys: a scalar reference and its twins, of the same bits. Values are multiplied and added in
/// 32 lanes, value i in lane i modulo 32; then lanes l and l + 16 are added, l and l + 8, l and l + 4, 0 and 1 as well as
/// 2 and 3, and those two. What is left of a head that is not a multiple of 32 follows one after the other.
/// </summary>
internal static unsafe class ScoreKernel
{
    /// <summary>Scores of at least one row and head. The machine must have the path.</summary>
    [SkipLocalsInit]
    internal static void Run(
        KernelPath path, GgmlType type, float* queries, int heads, int headDim, byte* keys, int rows, float scale, float* scores, int stride)
    {
        int atOnce = ExpandedRows.RowsAtOnce(type, headDim, rows), rowBytes = KvRows.RowBytes(type, headDim);
        float* buffer = stackalloc float[ExpandedRows.BufferLength];
        for (int from = 0; from < rows; from += atOnce)
        {
            int count = Math.Min(atOnce, rows - from);
            float* key = ExpandedRows.Get(path, type, keys + (long)from * rowBytes, count * headDim, buffer);
            for (int h = 0; h < heads; h++) Run(path, queries + h * headDim, key, count, headDim, scale, scores + (long)h * stride + from);
        }
    }

    private static void Run(KernelPath path, float* query, float* keys, int rows, int headDim, float scale, float* scores)
    {
        switch (path)
        {
            case KernelPath.Avx512: RunVectors<Floats512>(query, keys, rows, headDim, scale, scores); break;
            case KernelPath.Avx2: RunVectors<Floats256>(query, keys, rows, headDim, scale, scores); break;
            case KernelPath.Vector128: RunVectors<Floats128>(query, keys, rows, headDim, scale, scores); break;
            default: RunScalar(query, keys, rows, headDim, scale, scores); break;
        }
    }

    private static void RunScalar(float* query, float* keys, int rows, int headDim, float scale, float* scores)
    {
        float* lanes = stackalloc float[32];
        int whole = headDim & ~31;
        for (int t = 0; t < rows; t++, keys += headDim)
        {
            for (int i = 0; i < 32; i++) lanes[i] = 0;
            for (int i = 0; i < whole; i++) lanes[i & 31] += query[i] * keys[i];
            for (int width = 16; width >= 4; width /= 2)
                for (int i = 0; i < width; i++) lanes[i] += lanes[i + width];
            scores[t] = AddRest((lanes[0] + lanes[1]) + (lanes[2] + lanes[3]), query, keys, whole, headDim) * scale;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunVectors<T>(float* query, float* keys, int rows, int headDim, float scale, float* scores)
        where T : unmanaged, IFloats<T>
    {
        int whole = headDim & ~31, t = 0;
        T zero = T.Create(0);

        // Two rows at a time share the loads of the query.
        for (; t + 2 <= rows; t += 2, keys += 2 * headDim)
        {
            float* next = keys + headDim;
            T low = zero, high = zero, nextLow = zero, nextHigh = zero;
            for (int i = 0; i < whole; i += 32)
            {
                T q = T.Load(query + i);
                low += q * T.Load(keys + i);
                nextLow += q * T.Load(next + i);
                q = T.Load(query + i + 16);
                high += q * T.Load(keys + i + 16);
                nextHigh += q * T.Load(next + i + 16);
            }

            Vector128<float> sums = PairSums(Fold(low + high), Fold(nextLow + nextHigh));
            scores[t] = AddRest(sums[0] + sums[1], query, keys, whole, headDim) * scale;
            scores[t + 1] = AddRest(sums[2] + sums[3], query, next, whole, headDim) * scale;
        }

        if (t == rows) return;
        T lastLow = zero, lastHigh = zero;
        for (int i = 0; i < whole; i += 32)
        {
            lastLow += T.Load(query + i) * T.Load(keys + i);
            lastHigh += T.Load(query + i + 16) * T.Load(keys + i + 16);
        }

        Vector128<float> last = Fold(lastLow + lastHigh);
        scores[t] = AddRest((last[0] + last[1]) + (last[2] + last[3]), query, keys, whole, headDim) * scale;
    }

    // Sixteen lanes to four: l and l + 8, then l and l + 4.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Fold<T>(T lanes)
        where T : unmanaged, IFloats<T> => (lanes.First + lanes.Third) + (lanes.Second + lanes.Fourth);

    // Lanes 0 and 1, 2 and 3 of the first, and the same of the second.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> PairSums(Vector128<float> first, Vector128<float> second) => Sse3.IsSupported
        ? Sse3.HorizontalAdd(first, second)
        : Vector128.Create(first[0] + first[1], first[2] + first[3], second[0] + second[1], second[2] + second[3]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float AddRest(float sum, float* query, float* key, int from, int to)
    {
        for (int i = from; i < to; i++) sum += query[i] * key[i];
        return sum;
    }
}
