using WasmChord.Gguf;
using WasmChord.TestData;

namespace WasmChord.Bench.Models.Tests;

public sealed class ModelPlanTests
{
    [Fact]
    public void Plan_OfLlama2_7B_HasTheTensorsOfTheRealFile()
    {
        ModelPlan plan = new(ModelShapes.Llama2_7B, TypeMix.Q4_K_M);
        Assert.Equal(291, plan.Tensors.Count);
        Assert.Equal(6_738_415_616, plan.ParameterCount);
        // A real file of this shape has 4,081,004,224 bytes, of which 741,056 are its header.
        Assert.Equal(4_080_263_168, plan.TensorBytes);
        Assert.Equal((65, 193, 0, 33), CountsOf(plan));
    }

    [Theory]
    [InlineData("llama-2-13b", 363, 81, 241, 0, 41)]
    [InlineData("llama-2-70b", 723, 161, 441, 40, 81)]
    [InlineData("llama-1b", 201, 45, 135, 0, 21)]
    public void Plan_OfALargerShape_HasTheTypesOfTheRealFile(string name, int tensors, int f32, int q4K, int q5K, int q6K)
    {
        Assert.True(ModelShapes.TryGet(name, out ModelShape? shape));
        ModelPlan plan = new(shape, TypeMix.Q4_K_M);
        Assert.Equal(tensors, plan.Tensors.Count);
        Assert.Equal((f32, q4K, q5K, q6K), CountsOf(plan));
    }

    [SkippableTheory]
    [InlineData("Q2_K")]
    [InlineData("Q3_K_M")]
    [InlineData("Q4_K_M")]
    [InlineData("Q5_K_M")]
    public async Task Plan_OfAMix_EqualsAFileThatLlamaCppQuantized(string mix)
    {
        string path = SharedTestData.Require($"models/stories260K-wide4-{mix}.gguf");
        await using GgufModel real = await GgufModel.OpenAsync(path);
        ModelShape shape = new("stories", 256, 5, 32, 16, 768, 512, 512);
        ModelPlan plan = new(shape, TypeMix.Parse(mix));
        Assert.Equal(
            real.Tensors.Select(t => (t.Name, t.Type, t.Shape.ToString())),
            plan.Tensors.Select(t => (t.Name, t.Type, t.Shape.ToString())));
        Assert.True(real.Metadata.TryGetInt64("general.file_type", out long fileType));
        Assert.Equal((int)fileType, plan.Types.FileType);
    }

    [Fact]
    public void Plan_WithExperts_StacksThemAndKeepsTheRouterInFloat()
    {
        ModelPlan plan = new(ModelShapes.MixtralTiny, TypeMix.Q4_K_M);
        PlannedTensor up = plan.Tensors.Single(t => t.Name == "blk.1.ffn_up_exps.weight");
        Assert.Equal(new TensorShape(3, 256, 512, 8), up.Shape);
        PlannedTensor router = plan.Tensors.Single(t => t.Name == "blk.1.ffn_gate_inp.weight");
        Assert.Equal((GgmlType.F32, new TensorShape(2, 256, 8)), (router.Type, router.Shape));
        Assert.Equal(GgmlType.Q8_0, plan.Tensors.Single(t => t.Name == "blk.0.attn_v.weight").Type);
        Assert.Equal(GgmlType.Q5_K, plan.Tensors.Single(t => t.Name == "blk.0.attn_output.weight").Type);
    }

    [Fact]
    public void Plan_OfRowsThatSuperBlocksDoNotDivide_FallsBackAsLlamaQuantizeDoes()
    {
        ModelPlan plan = new(ModelShapes.Tiny with { HiddenSize = 96, HeadCount = 6, KvHeadCount = 3, FeedForwardLength = 100 }, TypeMix.Q4_K_M);
        Assert.Equal(GgmlType.Q8_0, plan.Tensors.Single(t => t.Name == "output.weight").Type);
        Assert.Equal(GgmlType.Q5_0, plan.Tensors.Single(t => t.Name == "blk.0.attn_q.weight").Type);
        Assert.Equal(GgmlType.F16, plan.Tensors.Single(t => t.Name == "blk.0.ffn_down.weight").Type);
    }

    [Fact]
    public void Plan_OfAPureType_UsesItForEveryMatrix()
    {
        ModelPlan plan = new(ModelShapes.Tiny, TypeMix.Parse("iq2_xxs"));
        Assert.All(plan.Tensors, t => Assert.Equal(t.Role == TensorRole.Norm ? GgmlType.F32 : GgmlType.IQ2_XXS, t.Type));
    }

    [Fact]
    public void Parse_OfATypeThatWeightsNeverHave_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => TypeMix.Parse("Q8_K"));
        Assert.Throws<ArgumentException>(() => TypeMix.Parse("Q4_K_XL"));
    }

    private static (int F32, int Q4K, int Q5K, int Q6K) CountsOf(ModelPlan plan) =>
        (Count(plan, GgmlType.F32), Count(plan, GgmlType.Q4_K), Count(plan, GgmlType.Q5_K), Count(plan, GgmlType.Q6_K));

    private static int Count(ModelPlan plan, GgmlType type) => plan.Tensors.Count(t => t.Type == type);
}
