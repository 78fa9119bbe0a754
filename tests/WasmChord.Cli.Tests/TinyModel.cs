using System.Runtime.InteropServices;
using WasmChord.Gguf;
using WasmChord.Kernels;

namespace WasmChord.Cli.Tests;

/// <summary>A small Llama of seeded weights, written tensor by tensor.</summary>
internal sealed record TinyModel
{
    public const int Blocks = 4;

    /// <summary>Seven a block, the embedding, and two of the head.</summary>
    public const int TensorCount = 7 * Blocks + 3;

    public int Hidden { get; init; } = 256;

    public int FeedForward { get; init; } = 512;

    public int Vocabulary { get; init; } = 64;

    public GgmlType Type { get; init; } = GgmlType.F32;

    public bool HasUnknownTensor { get; init; }

    public string Architecture { get; init; } = "llama";

    public bool IsBigEndian { get; init; }

    /// <summary>Writes the model.</summary>
    public async Task<string> WriteAsync(string path)
    {
        await Build().WriteAsync(path);
        return path;
    }

    public GgufWriter Build()
    {
        GgufWriter writer = new(IsBigEndian);
        writer.Metadata.Add("general.architecture", Architecture);
        writer.Metadata.Add("general.name", "tiny");
        writer.Metadata.Add("general.file_type", 0u);
        writer.Metadata.Add("llama.block_count", (uint)Blocks);
        writer.Metadata.Add("llama.attention.head_count", 8u);
        writer.Metadata.Add("llama.attention.head_count_kv", 2u);
        writer.Metadata.AddArray("tokenizer.ggml.tokens", Enumerable.Range(0, Vocabulary).Select(i => $"token{i}").ToArray());
        Random random = new(1);
        Add(writer, random, "token_embd.weight", Hidden, Vocabulary);
        for (int b = 0; b < Blocks; b++)
        {
            AddNorm(writer, $"blk.{b}.attn_norm.weight");
            Add(writer, random, $"blk.{b}.attn_q.weight", Hidden, Hidden);
            Add(writer, random, $"blk.{b}.attn_k.weight", Hidden, Hidden / 4);
            Add(writer, random, $"blk.{b}.attn_v.weight", Hidden, Hidden / 4);
            Add(writer, random, $"blk.{b}.attn_output.weight", Hidden, Hidden);
            Add(writer, random, $"blk.{b}.ffn_up.weight", Hidden, FeedForward);
            Add(writer, random, $"blk.{b}.ffn_down.weight", FeedForward, Hidden);
        }

        AddNorm(writer, "output_norm.weight");
        Add(writer, random, "output.weight", Hidden, Vocabulary);
        if (HasUnknownTensor) Add(writer, random, "mm.projector.weight", Hidden, 4);
        return writer;
    }

    /// <summary>Values of a tensor, dequantized here.</summary>
    public static async Task<float[]> ValuesAsync(string path, string tensor)
    {
        using GgufModel model = await GgufModel.OpenAsync(path);
        Assert.True(model.TryGetTensor(tensor, out TensorInfo? info), tensor);
        byte[] bytes = File.ReadAllBytes(model.Files[info.FileIndex].Name).AsSpan((int)info.FileOffset, (int)info.ByteLength).ToArray();
        float[] values = new float[info.Shape.ValueCount];
        Dequantizer.ToFloat(info.Type, bytes, values);
        return values;
    }

    public static float[] ReadFloats(string path) => MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();

    /// <summary>Overwrites bytes of a tensor's data.</summary>
    public static async Task PatchAsync(string path, string tensor, long offset, byte[] bytes)
    {
        long fileOffset;
        using (GgufModel model = await GgufModel.OpenAsync(path))
        {
            Assert.True(model.TryGetTensor(tensor, out TensorInfo? info), tensor);
            fileOffset = info.FileOffset + offset;
        }

        using FileStream file = File.OpenWrite(path);
        file.Position = fileOffset;
        file.Write(bytes);
    }

    private void AddNorm(GgufWriter writer, string name) =>
        writer.AddTensor(name, GgmlType.F32, new TensorShape(1, Hidden), MemoryMarshal.AsBytes(Enumerable.Repeat(1f, Hidden).ToArray().AsSpan()).ToArray());

    private void Add(GgufWriter writer, Random random, string name, int columns, int rows)
    {
        float[] values = new float[columns * rows];
        for (int i = 0; i < values.Length; i++) values[i] = (float)(random.NextDouble() - 0.5);
        byte[] data;
        if (Type == GgmlType.F32)
        {
            data = MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
        }
        else
        {
            data = new byte[GgmlTypeTraits.For(Type).BytesFor(values.Length)];
            Quantizer.FromFloat(Type, values, data);
        }

        writer.AddTensor(name, Type, new TensorShape(2, columns, rows), data);
    }
}
