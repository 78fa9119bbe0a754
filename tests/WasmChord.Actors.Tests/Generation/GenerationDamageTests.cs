using WasmChord.Gguf;
using WasmChord.Inference;
using WasmChord.TestData;

namespace WasmChord.Actors.Tests;

/// <summary>Weights that are not numbers end in an error that says so, never in a token.</summary>
public sealed class GenerationDamageTests : GenerationTestKit
{
    private static readonly GenerationOptions s_some = new() { MaxTokens = 8, IgnoreEndOfText = true };

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"wasmchord-{Guid.NewGuid():n}.gguf");

    // The scale of a block, a half, stands first in Q4_K (ggml-common.h: d, dmin, scales, qs), and last in Q6_K (ql, qh, scales, d).
    [Theory]
    [InlineData("blk.0.attn_q.weight", GgmlType.Q4_K, 0)]
    [InlineData("blk.1.ffn_gate.weight", GgmlType.Q4_K, 0)]
    [InlineData("output.weight", GgmlType.Q6_K, 208)]
    public async Task Generate_NaNInAMatrix_FailsWithTheReasonAndTheEngineLives(string name, GgmlType type, int offset)
    {
        await DamageAsync(name, type, offset, [0x00, 0x7E]);
        await using StreamedModel model = await OpenAsync("2MiB", path: _path);
        for (int i = 0; i < 2; i++)
        {
            GenerationFailedException e = await Assert.ThrowsAsync<GenerationFailedException>(() => model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 5)), s_some));
            Assert.Equal(GenerationFault.NotFinite, e.Reason);
        }

        await AssertNothingKeptAsync(model);
    }

    [Fact]
    public async Task Generate_NaNInARowOfTheEmbedding_FailsWhoeverSaysThatTokenAndNobodyElse()
    {
        const int Token = 300;
        await DamageAsync("token_embd.weight", GgmlType.Q4_K, Token * 144, [0x00, 0x7E]);
        await using StreamedModel model = await OpenAsync("2MiB", path: _path);
        GenerationFailedException e = await Assert.ThrowsAsync<GenerationFailedException>(
            () => model.GenerateAsync(GenerationPrompt.FromTokens([new TokenId(1), new TokenId(Token)]), s_some));
        Assert.Equal(GenerationFault.NotFinite, e.Reason);
        // It must not be chosen, either: what is generated is read back.
        SamplerOptions others = SamplerOptions.Greedy with { LogitBias = new Dictionary<TokenId, float> { [new TokenId(Token)] = float.NegativeInfinity } };
        GenerationResult result = await model.GenerateAsync(GenerationPrompt.FromTokens([new TokenId(1), new TokenId(Token + 1)]), s_some with { Sampler = others });
        Assert.Equal(GenerationEnd.MaxTokens, result.Completed.Reason);
        await AssertNothingKeptAsync(model);
    }

    [Fact]
    public async Task Generate_NaNInAVector_IsRefusedBeforeAnyWave()
    {
        await DamageAsync("blk.0.attn_norm.weight", GgmlType.F32, 0, [0x00, 0x00, 0xC0, 0x7F]);
        await using StreamedModel model = await OpenAsync("2MiB", path: _path);
        GenerationRefusedException e = await Assert.ThrowsAsync<GenerationRefusedException>(() => model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 5)), s_some));
        Assert.Equal(GenerationRefusal.ModelUnsupported, e.Reason);
        Assert.Contains("blk.0.attn_norm.weight", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await model.GetGenerationStatisticsAsync()).Waves);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        File.Delete(_path);
    }

    private async Task DamageAsync(string name, GgmlType type, long offset, byte[] bytes)
    {
        File.Copy(Path.Combine(SharedTestData.RepositoryRoot, "examples", "models", "demo.gguf"), _path, overwrite: true);
        long at;
        using (GgufModel file = await GgufModel.OpenAsync(_path))
        {
            Assert.True(file.TryGetTensor(name, out TensorInfo? tensor), name);
            Assert.Equal(type, tensor.Type);
            at = tensor.FileOffset + offset;
        }

        using FileStream stream = File.OpenWrite(_path);
        stream.Position = at;
        stream.Write(bytes);
    }
}
