using System.Diagnostics;
using Xunit.Abstractions;

namespace WasmChord.Gguf.Tests.Hostile;

/// <summary>What opening a model of 7 billion weights costs: 291 tensors and a vocabulary, the data a hole in the file.</summary>
[Collection("alone")]
public class OpenCostTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(32_000, 0)]
    [InlineData(128_256, 280_147)]
    public async Task Open_SevenBillionWeights_IndexesOnly(int tokens, int merges)
    {
        using TemporaryFolder folder = new();
        string path = folder.File("7b.gguf");
        await WriteAsync(path, SevenBillion(tokens, merges));
        for (int i = 0; i < 30; i++) (await GgufModel.OpenAsync(path)).Dispose();

        // Many are held at once, so that what pools keep or drop meanwhile hardly counts.
        GgufModel[] held = new GgufModel[16];
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < held.Length; i++) held[i] = await GgufModel.OpenAsync(path);
        long retained = (GC.GetTotalMemory(forceFullCollection: true) - before) / held.Length;
        GgufModel model = held[0];
        double[] milliseconds = new double[21];
        for (int i = 0; i < milliseconds.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            using GgufModel again = await GgufModel.OpenAsync(path);
            milliseconds[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        Array.Sort(milliseconds);
        output.WriteLine(
            $"{tokens} tokens, {merges} merges: header {model.HeaderBytes} bytes, read {model.BytesRead}, retained {retained}, " +
            $"open {milliseconds[10]:F2} ms median, {milliseconds[0]:F2} to {milliseconds[^1]:F2}");

        Assert.Equal(291, model.Tensors.Count);
        Assert.Equal(34, model.Manifest.Layers.Count);
        Assert.True(model.FileBytes > 4_000_000_000);
        Assert.InRange(retained, 1, 1 << 20);
        Assert.True(model.BytesRead < model.HeaderBytes + 1_000_000);
        Assert.True(model.Metadata.TryGetArray("tokenizer.ggml.tokens", out GgufArray? array));
        Assert.Equal(tokens, (await array.ReadStringsAsync()).Length);
        foreach (GgufModel each in held) each.Dispose();
    }

    private static GgufWriter SevenBillion(int tokens, int merges)
    {
        GgufWriter writer = new();
        GgufMetadataBuilder metadata = writer.Metadata;
        metadata.Add("general.architecture", "llama");
        metadata.Add("general.name", "seven billion");
        metadata.Add("llama.block_count", 32u);
        metadata.Add("tokenizer.chat_template", new string('t', 4_000));
        metadata.AddArray("tokenizer.ggml.tokens", [.. Enumerable.Range(0, tokens).Select(i => $"token{i % 977}-{i}")]);
        metadata.AddArray("tokenizer.ggml.scores", new float[tokens]);
        metadata.AddArray("tokenizer.ggml.token_type", new int[tokens]);
        if (merges > 0) metadata.AddArray("tokenizer.ggml.merges", [.. Enumerable.Range(0, merges).Select(i => $"a{i} b{i % 100}")]);
        Add("token_embd.weight", GgmlType.Q4_K, 4096, tokens);
        for (int n = 0; n < 32; n++)
        {
            foreach (string name in new[] { "attn_q", "attn_k", "attn_v", "attn_output" }) Add($"blk.{n}.{name}.weight", GgmlType.Q4_K, 4096, 4096);
            Add($"blk.{n}.ffn_gate.weight", GgmlType.Q4_K, 4096, 11_008);
            Add($"blk.{n}.ffn_up.weight", GgmlType.Q4_K, 4096, 11_008);
            Add($"blk.{n}.ffn_down.weight", GgmlType.Q6_K, 11_008, 4096);
            Add($"blk.{n}.attn_norm.weight", GgmlType.F32, 4096, 1);
            Add($"blk.{n}.ffn_norm.weight", GgmlType.F32, 4096, 1);
        }
        Add("output_norm.weight", GgmlType.F32, 4096, 1);
        Add("output.weight", GgmlType.Q6_K, 4096, tokens);
        return writer;

        void Add(string name, GgmlType type, long ne0, long ne1) =>
            writer.AddTensor(name, type, new TensorShape(2, ne0, ne1), (_, _) => throw new NotSupportedException());
    }

    private static async Task WriteAsync(string path, GgufWriter writer)
    {
        using FileStream stream = File.Create(path);
        long headerBytes = await writer.WriteHeaderAsync(stream);
        stream.SetLength(headerBytes + writer.TensorDataBytes);
    }
}
