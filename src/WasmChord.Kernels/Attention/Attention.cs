using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>
/// Scaled dot-product attention of one query head over runs of cached rows. However the rows are divided into calls,
/// the results have the same bits.
/// </summary>
public static class Attention
{
    private const int MaxHeadDim = 1024;

    /// <summary>scores[t] = scale · (query · key t).</summary>
    /// <param name="type">Type of the keys.</param>
    /// <param name="query">(headDim).</param>
    /// <param name="keys">(rows, headDim), one row after the other; their number is the number of scores.</param>
    /// <param name="scale">What products are multiplied by.</param>
    /// <param name="scores">(rows).</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    public static void Scores(GgmlType type, ReadOnlySpan<float> query, ReadOnlySpan<byte> keys, float scale, Span<float> scores)
    {
        int rowBytes = Check(type, query.Length, keys.Length, scores.Length);
        Span<float> key = stackalloc float[query.Length];
        for (int t = 0; t < scores.Length; t++)
        {
            Dequantizer.ToFloat(type, keys.Slice(t * rowBytes, rowBytes), key);
            float sum = 0;
            for (int i = 0; i < key.Length; i++) sum += query[i] * key[i];
            scores[t] = sum * scale;
        }
    }

    /// <summary>output += Σ weights[t] · value t, in the order of t.</summary>
    /// <param name="type">Type of the values.</param>
    /// <param name="values">(rows, headDim), one row after the other; their number is the number of weights.</param>
    /// <param name="weights">(rows).</param>
    /// <param name="output">(headDim).</param>
    /// <exception cref="ArgumentException">The lengths do not match.</exception>
    public static void AddWeighted(GgmlType type, ReadOnlySpan<byte> values, ReadOnlySpan<float> weights, Span<float> output)
    {
        int rowBytes = Check(type, output.Length, values.Length, weights.Length);
        Span<float> value = stackalloc float[output.Length];
        for (int t = 0; t < weights.Length; t++)
        {
            Dequantizer.ToFloat(type, values.Slice(t * rowBytes, rowBytes), value);
            for (int i = 0; i < value.Length; i++) output[i] += weights[t] * value[i];
        }
    }

    private static int Check(GgmlType type, int headDim, int bytes, int rows)
    {
        if (headDim is <= 0 or > MaxHeadDim) throw new ArgumentException($"a head of {headDim} values; 1 to {MaxHeadDim} can be used");
        int rowBytes = KvRows.RowBytes(type, headDim);
        if (bytes != (long)rows * rowBytes) throw new ArgumentException($"{rows} rows of {rowBytes} bytes are not {bytes} bytes");
        return rowBytes;
    }
}
