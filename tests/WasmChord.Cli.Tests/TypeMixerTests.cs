using WasmChord.Gguf;
using WasmChord.TestData;

namespace WasmChord.Cli.Tests;

public sealed class TypeMixerTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Four blocks, four heads to a KV head. Values, feed-forward down and attention output by block; then the output.
    [Theory]
    [InlineData("Q4_0", "Q4_0 Q4_0 Q4_0 Q4_0", "Q4_0 Q4_0 Q4_0 Q4_0", "Q4_0", "Q6_K")]
    [InlineData("Q8_0", "Q8_0 Q8_0 Q8_0 Q8_0", "Q8_0 Q8_0 Q8_0 Q8_0", "Q8_0", "Q8_0")]
    [InlineData("Q2_K", "Q4_K Q4_K Q4_K Q4_K", "Q3_K Q3_K Q3_K Q3_K", "Q3_K", "Q6_K")]
    [InlineData("Q2_K_S", "Q4_K Q4_K Q4_K Q4_K", "Q2_K Q2_K Q2_K Q2_K", "Q2_K", "Q6_K")]
    [InlineData("Q3_K_S", "Q3_K Q3_K Q3_K Q3_K", "Q3_K Q3_K Q3_K Q3_K", "Q3_K", "Q6_K")]
    [InlineData("Q3_K_M", "Q5_K Q5_K Q4_K Q4_K", "Q4_K Q4_K Q4_K Q4_K", "Q4_K", "Q6_K")]
    [InlineData("Q3_K_L", "Q5_K Q5_K Q5_K Q5_K", "Q5_K Q5_K Q5_K Q5_K", "Q5_K", "Q6_K")]
    [InlineData("Q4_K_S", "Q5_K Q5_K Q5_K Q5_K", "Q4_K Q4_K Q4_K Q4_K", "Q4_K", "Q6_K")]
    [InlineData("Q4_K_M", "Q4_K Q4_K Q6_K Q6_K", "Q4_K Q4_K Q6_K Q6_K", "Q4_K", "Q6_K")]
    [InlineData("Q5_K_M", "Q5_K Q5_K Q6_K Q6_K", "Q5_K Q5_K Q6_K Q6_K", "Q5_K", "Q6_K")]
    public async Task Mix_OfATinyLlama_IsTheRecipes(string mix, string values, string downs, string attentionOutput, string output)
    {
        Dictionary<string, string> types = await PlanAsync(await new TinyModel().WriteAsync(_folder["a.gguf"]), mix);

        Assert.Equal(values.Split(' '), Enumerable.Range(0, TinyModel.Blocks).Select(b => types[$"blk.{b}.attn_v.weight"]));
        Assert.Equal(downs.Split(' '), Enumerable.Range(0, TinyModel.Blocks).Select(b => types[$"blk.{b}.ffn_down.weight"]));
        Assert.All(Enumerable.Range(0, TinyModel.Blocks), b => Assert.Equal(attentionOutput, types[$"blk.{b}.attn_output.weight"]));
        Assert.Equal(output, types["output.weight"]);
        Assert.Equal("F32", types["blk.0.attn_norm.weight"]);
    }

    [SkippableTheory]
    [InlineData("Q2_K")]
    [InlineData("Q3_K_M")]
    [InlineData("Q4_K_M")]
    [InlineData("Q5_K_M")]
    public async Task Mix_OfASharedModel_IsWhatLlamaCppChose(string mix)
    {
        string path = SharedTestData.Require($"models/stories260K-wide4-{mix}.gguf");
        using GgufModel expected = await GgufModel.OpenAsync(path);

        Dictionary<string, string> types = await PlanAsync(path, mix);

        Assert.Equal(expected.Tensors.ToDictionary(t => t.Name, t => GgmlTypeTraits.For(t.Type).Name), types);
    }

    private static async Task<Dictionary<string, string>> PlanAsync(string path, string mix)
    {
        using GgufModel model = await GgufModel.OpenAsync(path);
        return QuantizationPlan.Create(model, QuantizationRecipe.Parse(mix), isPure: false, keepsOutput: false, allowRequantize: true)
            .ToDictionary(t => t.Source.Name, t => GgmlTypeTraits.For(t.Type).Name);
    }
}
