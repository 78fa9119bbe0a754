using System.Text.Json;
using WasmChord.Gguf;
using WasmChord.Kernels;

namespace WasmChord.Cli.Tests;

public sealed class QuantizeCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("F16", GgmlType.F16, 1)]
    [InlineData("BF16", GgmlType.BF16, 32)]
    [InlineData("Q4_0", GgmlType.Q4_0, 2)]
    [InlineData("Q4_1", GgmlType.Q4_1, 3)]
    [InlineData("Q5_0", GgmlType.Q5_0, 8)]
    [InlineData("Q5_1", GgmlType.Q5_1, 9)]
    [InlineData("q8_0", GgmlType.Q8_0, 7)]
    [InlineData("Q2_K", GgmlType.Q2_K, 10)]
    [InlineData("Q3_K", GgmlType.Q3_K, 12)]
    [InlineData("Q4_K", GgmlType.Q4_K, 15)]
    [InlineData("Q5_K", GgmlType.Q5_K, 17)]
    [InlineData("Q6_K", GgmlType.Q6_K, 18)]
    public async Task Pure_ThenDumped_IsWhatTheQuantizerMakes(string name, GgmlType type, long fileType)
    {
        string source = await new TinyModel().WriteAsync(_folder["a.gguf"]);

        await ToolRun.DoneAsync("quantize", source, _folder["q.gguf"], name, "--pure");
        await ToolRun.DoneAsync("dump", _folder["q.gguf"], "blk.3.ffn_down.weight", "--out", _folder["t.f32"]);

        float[] values = await TinyModel.ValuesAsync(source, "blk.3.ffn_down.weight"), expected = new float[values.Length];
        byte[] blocks = new byte[GgmlTypeTraits.For(type).BytesFor(values.Length)];
        Quantizer.FromFloat(type, values, blocks);
        Dequantizer.ToFloat(type, blocks, expected);
        Assert.Equal(expected, TinyModel.ReadFloats(_folder["t.f32"]));
        using GgufModel model = await GgufModel.OpenAsync(_folder["q.gguf"]);
        Assert.All(model.Tensors, t => Assert.Equal(t.Name.Contains("norm", StringComparison.Ordinal) ? GgmlType.F32 : type, t.Type));
        Assert.True(model.Metadata.TryGetInt64("general.file_type", out long written));
        Assert.Equal(fileType, written);
        Assert.True(model.Metadata.TryGetInt64("general.quantization_version", out long version));
        Assert.Equal(2, version);
        Assert.True(model.Metadata.TryGetArray("tokenizer.ggml.tokens", out GgufArray? tokens));
        Assert.Equal(64, tokens.Count);
    }

    [Fact]
    public async Task Tensor_OfSeveralBuffers_IsConvertedWhole()
    {
        string source = await new TinyModel { Hidden = 1024, FeedForward = 3072 }.WriteAsync(_folder["a.gguf"]);

        await ToolRun.DoneAsync("quantize", source, _folder["q.gguf"], "F16");

        Half[] expected = [.. (await TinyModel.ValuesAsync(source, "blk.3.ffn_down.weight")).Select(v => (Half)v)];
        Assert.Equal(expected.Select(h => (float)h), await TinyModel.ValuesAsync(_folder["q.gguf"], "blk.3.ffn_down.weight"));
    }

    [Fact]
    public async Task Mix_OfFourBits_TakesSixForTheOutputAndSomeBlocks()
    {
        string source = await new TinyModel().WriteAsync(_folder["a.gguf"]);

        JsonElement json = (await ToolRun.DoneAsync("quantize", source, _folder["q.gguf"], "Q4_K_M", "--json")).Json;

        using GgufModel model = await GgufModel.OpenAsync(_folder["q.gguf"]);
        GgmlType TypeOf(string name) => model.TryGetTensor(name, out TensorInfo? t) ? t.Type : throw new KeyNotFoundException(name);
        Assert.Equal(GgmlType.Q6_K, TypeOf("output.weight"));
        Assert.Equal(GgmlType.Q4_K, TypeOf("token_embd.weight"));
        // Of 4 blocks, n/8 = 0 and 7n/8 = 3: block 2 (2 − 0) mod 3 = 2, and block 3 as one of the last eighth.
        GgmlType[] expected = [GgmlType.Q4_K, GgmlType.Q4_K, GgmlType.Q6_K, GgmlType.Q6_K];
        Assert.Equal(expected, Enumerable.Range(0, 4).Select(b => TypeOf($"blk.{b}.attn_v.weight")));
        Assert.Equal(expected, Enumerable.Range(0, 4).Select(b => TypeOf($"blk.{b}.ffn_down.weight")));
        // All but the norms: 6 matrices a block, embedding and output.
        Assert.Equal(6 * TinyModel.Blocks + 2, json.GetProperty("converted").GetInt32());
        Assert.Equal(0, json.GetProperty("fallbacks").GetArrayLength());
    }

    [Fact]
    public async Task Rows_ThatAreNotWholeBlocks_FallBackAndSaySo()
    {
        string source = await new TinyModel { Hidden = 96, FeedForward = 80 }.WriteAsync(_folder["a.gguf"]);

        ToolRun run = await ToolRun.DoneAsync("quantize", source, _folder["q.gguf"], "Q4_K_M");

        using GgufModel model = await GgufModel.OpenAsync(_folder["q.gguf"]);
        Assert.True(model.TryGetTensor("blk.0.attn_q.weight", out TensorInfo? query));
        Assert.Equal(GgmlType.Q5_0, query.Type);
        Assert.True(model.TryGetTensor("output.weight", out TensorInfo? output));
        Assert.Equal(GgmlType.Q8_0, output.Type);
        Assert.True(model.TryGetTensor("blk.0.ffn_down.weight", out TensorInfo? down));
        Assert.Equal(GgmlType.F16, down.Type);
        Assert.Contains("blk.0.attn_q.weight: rows of 96 are not whole blocks of Q4_K; Q5_0 taken instead", run.Standard);
        Assert.Equal(0, (await ToolRun.OfAsync("verify", _folder["q.gguf"])).ExitCode);
    }

    [Fact]
    public async Task Source_QuantizedAlready_IsRefusedUnlessAllowed()
    {
        string source = await new TinyModel { Type = GgmlType.Q8_0 }.WriteAsync(_folder["a.gguf"]);
        string[] args = ["quantize", source, _folder["q.gguf"], "Q4_0", "--pure"];

        (await ToolRun.OfAsync(args)).AssertOneLineError(1, "--allow-requantize");
        Assert.Equal(["a.gguf"], _folder.Names);
        await ToolRun.DoneAsync([.. args, "--allow-requantize"]);

        float[] values = await TinyModel.ValuesAsync(source, "blk.0.attn_q.weight"), expected = new float[values.Length];
        byte[] blocks = new byte[GgmlTypeTraits.For(GgmlType.Q4_0).BytesFor(values.Length)];
        Quantizer.FromFloat(GgmlType.Q4_0, values, blocks);
        Dequantizer.ToFloat(GgmlType.Q4_0, blocks, expected);
        Assert.Equal(expected, await TinyModel.ValuesAsync(_folder["q.gguf"], "blk.0.attn_q.weight"));
    }

    [Fact]
    public async Task OutputTensor_LeftAlone_KeepsItsType()
    {
        string source = await new TinyModel().WriteAsync(_folder["a.gguf"]);

        await ToolRun.DoneAsync("quantize", source, _folder["q.gguf"], "Q4_0", "--leave-output-tensor");

        using GgufModel model = await GgufModel.OpenAsync(_folder["q.gguf"]);
        Assert.True(model.TryGetTensor("output.weight", out TensorInfo? output));
        Assert.Equal(GgmlType.F32, output.Type);
    }

    [Fact]
    public async Task Source_WithANan_FailsAndLeavesNoFile()
    {
        string source = await new TinyModel().WriteAsync(_folder["a.gguf"]);
        await TinyModel.PatchAsync(source, "blk.1.ffn_up.weight", 40, BitConverter.GetBytes(float.NaN));

        (await ToolRun.OfAsync("quantize", source, _folder["q.gguf"], "Q8_0")).AssertOneLineError(1, "blk.1.ffn_up.weight");

        Assert.Equal(["a.gguf"], _folder.Names);
    }

    [Theory]
    [InlineData("Q9_Z")]
    [InlineData("IQ2_XXS")]
    public async Task Type_ThatCannotBeWritten_IsWrongUsage(string type)
    {
        string source = await new TinyModel().WriteAsync(_folder["a.gguf"]);

        (await ToolRun.OfAsync("quantize", source, _folder["q.gguf"], type)).AssertOneLineError(2, "Q4_K_M");
    }

    [Fact]
    public async Task ToF32_OfAQuantizedModel_IsItsDequantizedValues()
    {
        string source = await new TinyModel { Type = GgmlType.Q6_K }.WriteAsync(_folder["a.gguf"]);

        await ToolRun.DoneAsync("quantize", source, _folder["f.gguf"], "F32", "--allow-requantize");

        Assert.Equal(await TinyModel.ValuesAsync(source, "output.weight"), await TinyModel.ValuesAsync(_folder["f.gguf"], "output.weight"));
    }
}
