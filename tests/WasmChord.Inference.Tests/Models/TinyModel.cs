using System.Runtime.InteropServices;
using WasmChord.Gguf;
using WasmChord.Kernels;

namespace WasmChord.Inference.Tests;

/// <summary>
/// A small model of seeded random weights, of any family, and its file. Weights are large enough that attention and
/// experts make sharp choices: a mistake in either shows in the logits.
/// </summary>
internal sealed record TinyModel(string Architecture)
{
    /// <summary>What the file says, where it lies.</summary>
    public string StatedArchitecture { get => field ?? Architecture; init; } = null!;

    public int Blocks { get; init; } = 2;

    public int Hidden { get; init; } = 32;

    public int Heads { get; init; } = 4;

    public int KvHeads { get; init; } = 2;

    /// <summary>Stated in the metadata where it is not hidden / heads.</summary>
    public int KeyDim { get; init; } = 8;

    public int ValueDim { get; init; } = 8;

    public int FeedForward { get; init; } = 48;

    public int Vocabulary { get; init; } = 40;

    public int Context { get; init; } = 64;

    public int Experts { get; init; }

    public int ExpertsUsed { get; init; } = 2;

    public bool IsTied { get; init; }

    public bool HasBiases { get; init; }

    public float FrequencyBase { get; init; } = 10_000;

    public float[]? RopeFreqs { get; init; }

    public float[]? ShortFactors { get; init; }

    public float[]? LongFactors { get; init; }

    public GgmlType Type { get; init; }

    public int Seed { get; init; } = 1;

    /// <summary>More keys, or other values, by their names without the architecture's; null takes a key out.</summary>
    public (string Key, object? Value)[] Metadata { get; init; } = [];

    /// <summary>Tensors left out of the file.</summary>
    public string[] Without { get; init; } = [];

    public bool IsFused => Architecture == "phi3";

    public bool NormalizesHeads => Architecture is "qwen3" or "qwen3moe";

    /// <summary>Writes the model, a tensor's shape or values changed on the way.</summary>
    public string Write(string path, Func<string, (TensorShape Shape, float[] Values), (TensorShape Shape, float[] Values)>? change = null)
    {
        GgufWriter writer = new();
        writer.Metadata.Add("general.architecture", StatedArchitecture);
        foreach ((string key, object value) in Keys()) AddKey(writer, $"{StatedArchitecture}.{key}", value);
        foreach ((string name, (TensorShape Shape, float[] Values) tensor) in MakeTensors())
        {
            if (Without.Contains(name)) continue;
            (TensorShape shape, float[] values) = change is null ? tensor : change(name, tensor);
            GgmlType type = shape.DimensionCount == 1 ? GgmlType.F32 : Type;
            writer.AddTensor(name, type, shape, Encode(type, values));
        }

        writer.WriteAsync(path).AsTask().GetAwaiter().GetResult();
        return path;
    }

    private Dictionary<string, object> Keys()
    {
        Dictionary<string, object> keys = new()
        {
            ["block_count"] = (uint)Blocks,
            ["embedding_length"] = (uint)Hidden,
            ["attention.head_count"] = (uint)Heads,
            ["attention.head_count_kv"] = (uint)KvHeads,
            ["attention.layer_norm_rms_epsilon"] = 1e-5f,
            ["feed_forward_length"] = (uint)FeedForward,
            ["context_length"] = (uint)Context,
            ["rope.freq_base"] = FrequencyBase,
        };
        if (KeyDim != Hidden / Heads) keys["attention.key_length"] = (uint)KeyDim;
        if (ValueDim != Hidden / Heads) keys["attention.value_length"] = (uint)ValueDim;
        if (Experts > 0) (keys["expert_count"], keys["expert_used_count"]) = ((uint)Experts, (uint)ExpertsUsed);
        if (Architecture == "qwen3moe") keys["expert_feed_forward_length"] = (uint)FeedForward;
        foreach ((string key, object? value) in Metadata)
        {
            if (value is null) keys.Remove(key);
            else keys[key] = value;
        }

        return keys;
    }

    private static void AddKey(GgufWriter writer, string key, object value)
    {
        switch (value)
        {
            case uint v: writer.Metadata.Add(key, v); break;
            case int v: writer.Metadata.Add(key, v); break;
            case ulong v: writer.Metadata.Add(key, v); break;
            case float v: writer.Metadata.Add(key, v); break;
            case string v: writer.Metadata.Add(key, v); break;
            case int[] v: writer.Metadata.AddArray(key, v); break;
            default: throw new ArgumentException($"{key}: no way to write a {value.GetType()}");
        }
    }

    /// <summary>The tensors, the same at every call, with the values that the file holds.</summary>
    public Dictionary<string, (TensorShape Shape, float[] Values)> MakeTensors()
    {
        Dictionary<string, (TensorShape, float[])> tensors = [];
        Random random = new(Seed);
        Matrix("token_embd", Hidden, Vocabulary, gain: 4);
        for (int b = 0; b < Blocks; b++)
        {
            string p = $"blk.{b}.";
            Vector(p + "attn_norm.weight", Hidden, 0.5, 1.5);
            Vector(p + "ffn_norm.weight", Hidden, 0.5, 1.5);
            int q = Heads * KeyDim, k = KvHeads * KeyDim, v = KvHeads * ValueDim;
            if (IsFused)
            {
                Matrix(p + "attn_qkv", Hidden, q + k + v, gain: 1.5);
            }
            else
            {
                Matrix(p + "attn_q", Hidden, q, gain: 1.5);
                Matrix(p + "attn_k", Hidden, k, gain: 1.5);
                Matrix(p + "attn_v", Hidden, v);
            }

            if (NormalizesHeads)
            {
                Vector(p + "attn_q_norm.weight", KeyDim, 0.5, 2);
                Vector(p + "attn_k_norm.weight", KeyDim, 0.5, 2);
            }

            Matrix(p + "attn_output", Heads * ValueDim, Hidden);
            if (Experts > 0)
            {
                Matrix(p + "ffn_gate_inp", Hidden, Experts, gain: 2);
                Slices(p + "ffn_gate_exps", Hidden, FeedForward);
                Slices(p + "ffn_up_exps", Hidden, FeedForward);
                Slices(p + "ffn_down_exps", FeedForward, Hidden);
            }
            else if (IsFused)
            {
                Matrix(p + "ffn_up", Hidden, 2 * FeedForward, gain: 1.5);
                Matrix(p + "ffn_down", FeedForward, Hidden);
            }
            else
            {
                Matrix(p + "ffn_gate", Hidden, FeedForward, gain: 1.5);
                Matrix(p + "ffn_up", Hidden, FeedForward, gain: 1.5);
                Matrix(p + "ffn_down", FeedForward, Hidden);
            }
        }

        Vector("output_norm.weight", Hidden, 0.5, 1.5);
        if (!IsTied) Matrix("output", Hidden, Vocabulary, gain: 2);
        Given("rope_freqs.weight", RopeFreqs);
        Given("rope_factors_short.weight", ShortFactors);
        Given("rope_factors_long.weight", LongFactors);
        return tensors;

        void Given(string name, float[]? values)
        {
            if (values is not null) tensors[name] = (new TensorShape(1, values.Length), values);
        }

        void Vector(string name, int length, double from, double to)
        {
            float[] values = new float[length];
            for (int i = 0; i < length; i++) values[i] = (float)(from + (to - from) * random.NextDouble());
            tensors[name] = (new TensorShape(1, length), values);
        }

        void Matrix(string name, int columns, int rows, double gain = 1)
        {
            tensors[name + ".weight"] = (new TensorShape(2, columns, rows), Gaussian(columns * rows, gain / Math.Sqrt(columns)));
            bool biased = HasBiases && name.Contains(".attn_", StringComparison.Ordinal) && !name.EndsWith("attn_output", StringComparison.Ordinal);
            if (biased) tensors[name + ".bias"] = (new TensorShape(1, rows), Gaussian(rows, 0.7));
        }

        void Slices(string name, int columns, int rows) =>
            tensors[name + ".weight"] = (new TensorShape(3, columns, rows, Experts), Gaussian(columns * rows * Experts, 1.3 / Math.Sqrt(columns)));

        float[] Gaussian(int count, double deviation)
        {
            float[] values = new float[count];
            for (int i = 0; i < count; i++)
                values[i] = (float)(deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
            if (Type == GgmlType.F32) return values;
            // What the file will hold is what the model is.
            Dequantizer.ToFloat(Type, Encode(Type, values), values);
            return values;
        }
    }

    private static byte[] Encode(GgmlType type, float[] values)
    {
        if (type == GgmlType.F32) return MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
        byte[] data = new byte[GgmlTypeTraits.For(type).BytesFor(values.Length)];
        Quantizer.FromFloat(type, values, data);
        return data;
    }
}
