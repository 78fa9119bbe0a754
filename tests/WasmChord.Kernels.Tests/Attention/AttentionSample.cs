using WasmChord.Gguf;

namespace WasmChord.Kernels.Tests;

/// <summary>Queries with the cached rows of a KV head, and attention over them in double precision.</summary>
internal sealed class AttentionSample
{
    public AttentionSample(GgmlType type, int heads, int headDim, int rows)
    {
        (Type, Heads, HeadDim, Rows) = (type, heads, headDim, rows);
        Queries = Samples.Gaussian(heads * headDim, 1);
        Keys = Encode(Samples.Gaussian(rows * headDim, 2));
        Values = Encode(Samples.Gaussian(rows * headDim, 3));
        Weights = Samples.Gaussian(heads * rows, 4);
        for (int h = 0; h < heads; h++) Softmax.InPlace(Weights.AsSpan(h * rows, rows));
    }

    public GgmlType Type { get; }

    public int Heads { get; }

    public int HeadDim { get; }

    public int Rows { get; }

    public float[] Queries { get; } // (heads, head_dim)

    public byte[] Keys { get; } // (rows, head_dim)

    public byte[] Values { get; } // (rows, head_dim)

    public float[] Weights { get; } // (heads, rows)

    public int RowBytes => KvRows.RowBytes(Type, HeadDim);

    /// <summary>Types and head dims that go together: every type with what models use, and odd ones.</summary>
    public static TheoryData<GgmlType, int> Shapes
    {
        get
        {
            TheoryData<GgmlType, int> shapes = [];
            foreach (int headDim in new[] { 1, 7, 8, 16, 33, 64, 80, 96, 100, 128, 256, 1024 })
            {
                shapes.Add(GgmlType.F32, headDim);
                shapes.Add(GgmlType.F16, headDim);
                if (headDim % 32 == 0) shapes.Add(GgmlType.Q8_0, headDim);
            }

            return shapes;
        }
    }

    /// <summary>scale · (query · key), of the keys as they are stored.</summary>
    public double[] ExactScores(double scale)
    {
        float[] keys = Decode(Keys);
        var scores = new double[Heads * Rows];
        for (int h = 0; h < Heads; h++)
            for (int t = 0; t < Rows; t++)
                for (int i = 0; i < HeadDim; i++) scores[h * Rows + t] += scale * Queries[h * HeadDim + i] * keys[t * HeadDim + i];
        return scores;
    }

    /// <summary>Σ weight · value, of the values as they are stored.</summary>
    public double[] ExactOutput()
    {
        float[] values = Decode(Values);
        var output = new double[Heads * HeadDim];
        for (int h = 0; h < Heads; h++)
            for (int t = 0; t < Rows; t++)
                for (int i = 0; i < HeadDim; i++) output[h * HeadDim + i] += (double)Weights[h * Rows + t] * values[t * HeadDim + i];
        return output;
    }

    private byte[] Encode(float[] values)
    {
        var bytes = new byte[Rows * RowBytes];
        KvRows.Encode(Type, values, bytes);
        return bytes;
    }

    private float[] Decode(byte[] bytes)
    {
        var values = new float[Rows * HeadDim];
        Dequantizer.ToFloat(Type, bytes, values);
        return values;
    }
}
