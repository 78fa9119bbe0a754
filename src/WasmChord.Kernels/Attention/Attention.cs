using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>
/// Scaled dot-product attention of the query heads that share a KV head, over runs of cached rows. Every step has one
/// order of operations, that of ggml built for AVX without fused multiply-add and a float cache: the bits of a head's
/// result do not depend on how the rows are divided into calls, on the other heads, or on the machine. Keys and values
/// that are F16 or Q8_0 are expanded to the floats they stand for, once for all the heads of a call, and queries stay
/// floats: no precision is lost beyond what the cache has lost, and a group's heads share the cost.
/// </summary>
public static unsafe class Attention
{
    /// <summary>
    /// Partial sums of a weighted sum of values: the one of position t takes every 32nd, those that are t modulo 32.
    /// </summary>
    public const int PartialCount = 32;

    private const int MaxHeadDim = 1024;

    /// <summary>scores[h · scoreStride + t] = scale · (query h · key t).</summary>
    /// <param name="type">Type of the keys.</param>
    /// <param name="queries">(heads, headDim).</param>
    /// <param name="headDim">Values of a head: 1 to 1,024.</param>
    /// <param name="keys">(rows, headDim), one row after the other.</param>
    /// <param name="scale">What products are multiplied by.</param>
    /// <param name="scores">(heads, scoreStride), of which the first rows of each are written.</param>
    /// <param name="scoreStride">Distance between two heads, in values.</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    public static void Scores(
        GgmlType type, ReadOnlySpan<float> queries, int headDim, ReadOnlySpan<byte> keys, float scale, Span<float> scores, int scoreStride)
    {
        int rows = RowsOf(type, headDim, keys.Length), heads = HeadsOf(queries.Length, headDim);
        CheckStride(heads, rows, scoreStride, scores.Length);
        if (rows == 0 || heads == 0) return;
        fixed (float* query = queries, to = scores)
        fixed (byte* key = keys)
            ScoreKernel.Run(KernelPaths.Best, type, query, heads, headDim, key, rows, scale, to, scoreStride);
    }

    /// <summary>The same for one head: scores[t] = scale · (query · key t).</summary>
    /// <param name="type">Type of the keys.</param>
    /// <param name="query">(headDim).</param>
    /// <param name="keys">(rows, headDim), one row after the other.</param>
    /// <param name="scale">What products are multiplied by.</param>
    /// <param name="scores">(rows).</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    public static void Scores(GgmlType type, ReadOnlySpan<float> query, ReadOnlySpan<byte> keys, float scale, Span<float> scores)
    {
        int rows = RowsOf(type, query.Length, keys.Length);
        if (scores.Length != rows) throw new ArgumentException($"{rows} keys and room for {scores.Length} scores", nameof(scores));
        Scores(type, query, query.Length, keys, scale, scores, rows);
    }

    /// <summary>
    /// Adds weighted values to partial sums: weights[h · weightStride + t] · value t to head h's partial sum
    /// (firstPosition + t) modulo 32. Called for one run of rows after the other, from the first position to the last.
    /// </summary>
    /// <param name="type">Type of the values.</param>
    /// <param name="values">(rows, headDim), one row after the other.</param>
    /// <param name="headDim">Values of a head: 1 to 1,024.</param>
    /// <param name="firstPosition">Position of the first row in its sequence.</param>
    /// <param name="weights">(heads, weightStride), of which the first rows of each count.</param>
    /// <param name="weightStride">Distance between two heads, in values.</param>
    /// <param name="partials">(heads, 32, headDim); cleared before the first call, and made one by <see cref="Combine"/>.</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    public static void AddWeighted(
        GgmlType type, ReadOnlySpan<byte> values, int headDim, int firstPosition, ReadOnlySpan<float> weights, int weightStride, Span<float> partials)
    {
        int rows = RowsOf(type, headDim, values.Length), heads = PartialHeads(partials.Length, headDim);
        ArgumentOutOfRangeException.ThrowIfNegative(firstPosition);
        CheckStride(heads, rows, weightStride, weights.Length);
        if (rows == 0 || heads == 0) return;
        fixed (float* weight = weights, to = partials)
        fixed (byte* value = values)
            ValueKernel.Run(KernelPaths.Best, type, value, rows, headDim, firstPosition, weight, weightStride, to, heads);
    }

    /// <summary>Adds the 32 partial sums of every head up, in a fixed order.</summary>
    /// <param name="partials">(heads, 32, headDim).</param>
    /// <param name="headDim">Values of a head.</param>
    /// <param name="output">(heads, headDim); overwritten.</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    public static void Combine(ReadOnlySpan<float> partials, int headDim, Span<float> output)
    {
        int heads = PartialHeads(partials.Length, headDim);
        if (output.Length != heads * headDim)
            throw new ArgumentException($"{heads} heads of {headDim} values and room for {output.Length}", nameof(output));
        fixed (float* from = partials, to = output) ValueKernel.Combine(KernelPaths.Best, from, headDim, to, heads);
    }

    private static int RowsOf(GgmlType type, int headDim, int bytes)
    {
        if (headDim is <= 0 or > MaxHeadDim) throw new ArgumentException($"a head of {headDim} values; 1 to {MaxHeadDim} can be used");
        int rowBytes = KvRows.RowBytes(type, headDim);
        (int rows, int rest) = Math.DivRem(bytes, rowBytes);
        return rest == 0 ? rows : throw new ArgumentException($"{bytes} bytes are not whole rows of {rowBytes}");
    }

    private static int HeadsOf(int length, int headDim) => length % headDim == 0
        ? length / headDim
        : throw new ArgumentException($"{length} values are not whole heads of {headDim}");

    private static int PartialHeads(int length, int headDim)
    {
        if (headDim is <= 0 or > MaxHeadDim) throw new ArgumentException($"a head of {headDim} values; 1 to {MaxHeadDim} can be used");
        return HeadsOf(length, PartialCount * headDim);
    }

    private static void CheckStride(int heads, int rows, int stride, int length)
    {
        if (stride < rows || (heads > 0 && length < (long)(heads - 1) * stride + rows))
            throw new ArgumentException($"{heads} heads of {rows} rows at a stride of {stride} exceed {length} values");
    }
}
