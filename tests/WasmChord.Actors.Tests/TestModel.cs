using WasmChord.Gguf;

namespace WasmChord.Actors.Tests;

/// <summary>A small model in a temporary file: an embedding, blocks of seeded Q8_0, Q4_0 and F32 tensors, a head.</summary>
internal sealed class TestModel : IDisposable
{
    private TestModel(string path, byte[] bytes)
    {
        Path = path;
        Bytes = bytes;
    }

    public string Path { get; }

    /// <summary>The whole file, as it was written.</summary>
    public byte[] Bytes { get; }

    /// <summary>Writes one.</summary>
    /// <param name="blocks">Its blocks.</param>
    /// <param name="rows">Rows of a block's smaller matrix; a block takes 704 bytes of each.</param>
    /// <param name="seed">Chooses the weights.</param>
    /// <param name="change">What becomes of each byte of the weights; null for nothing.</param>
    public static TestModel Create(int blocks = 6, int rows = 64, int seed = 1, Func<byte, byte>? change = null)
    {
        string path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"wasmchord-{Guid.NewGuid():n}.gguf");
        Random random = new(seed);
        GgufWriter writer = new();
        writer.Metadata.Add("general.architecture", "llama");
        writer.Metadata.Add("llama.block_count", (uint)blocks);
        Add(writer, random, change, "token_embd.weight", GgmlType.Q8_0, 256, rows);
        for (int i = 0; i < blocks; i++)
        {
            Add(writer, random, change, $"blk.{i}.attn_norm.weight", GgmlType.F32, 256, 1);
            Add(writer, random, change, $"blk.{i}.attn_q.weight", GgmlType.Q8_0, 256, rows);
            Add(writer, random, change, $"blk.{i}.ffn_up.weight", GgmlType.Q4_0, 256, rows * 3);
        }

        Add(writer, random, change, "output_norm.weight", GgmlType.F32, 256, 1);
        Add(writer, random, change, "output.weight", GgmlType.Q8_0, 256, rows);
        using (FileStream stream = File.Create(path)) writer.WriteAsync(stream).AsTask().Wait();
        return new TestModel(path, File.ReadAllBytes(path));
    }

    public void Dispose() => File.Delete(Path);

    private static void Add(GgufWriter writer, Random random, Func<byte, byte>? change, string name, GgmlType type, long ne0, long ne1)
    {
        GgmlTypeTraits traits = GgmlTypeTraits.For(type);
        byte[] data = new byte[traits.BytesFor(ne0 * ne1)];
        random.NextBytes(data);
        // Keep every scale a small finite half, every float finite.
        for (int block = 0; block < data.Length; block += traits.TypeSize)
        {
            if (traits.IsQuantized) data[block + 1] = (byte)(0x20 | (data[block + 1] & 0x8F));
            else data[block + 3] = 0x3E;
        }

        if (change is not null)
            for (int i = 0; i < data.Length; i++) data[i] = change(data[i]);
        writer.AddTensor(name, type, new TensorShape(ne1 == 1 ? 1 : 2, ne0, ne1), data);
    }
}
