using WasmChord.Gguf;
using WasmChord.Memory64;
using WasmChord.TestData;

namespace WasmChord.Inference.Tests;

public sealed class InferenceModelTests : IDisposable
{
    private static readonly Dictionary<string, TinyModel> s_models = new()
    {
        ["llama"] = new("llama"),
        ["mixtral"] = new("llama") { Experts = 4 },
        ["qwen2"] = new("qwen2") { HasBiases = true },
        ["qwen3"] = new("qwen3"),
        ["phi3"] = new("phi3") { ShortFactors = [1, 2, 3, 4], LongFactors = [2, 3, 4, 5] },
    };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Models => new(s_models.Keys);

    [Theory]
    [MemberData(nameof(Models))]
    public void Open_OfAWholeModel_BindsEveryMatrixToRowsInOrder(string name)
    {
        using LoadedModel model = new(s_models[name].Write(_folder["tiny.gguf"]), MatMulScheme.Float, image: new ImageOptions { TileBytes = 4096 }, context: 64);
        foreach (WeightMatrix matrix in Matrices(model.Model))
        {
            for (int slice = 0; slice < matrix.SliceCount; slice++)
            {
                int row = 0;
                foreach (WeightTile tile in matrix.Tiles(slice))
                {
                    Assert.Equal(row, tile.FirstRow);
                    Assert.Equal((slice * matrix.Rows + row) * matrix.Tensor.RowBytes, tile.Segment.TensorByteOffset);
                    row += tile.RowCount;
                }

                Assert.Equal(matrix.Rows, row);
            }
        }

        Assert.Equal(model.Model.VisitOrder.Distinct(), model.Model.VisitOrder);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void VectorBytes_OfAModel_AreThoseOfItsVectors(string name)
    {
        using LoadedModel model = new(s_models[name].Write(_folder["tiny.gguf"]), MatMulScheme.Float, context: 64);
        long expected = s_models[name].MakeTensors().Where(t => t.Value.Shape.DimensionCount == 1).Sum(t => 4L * t.Value.Values.Length);
        if (name == "phi3") expected -= 4 * 4; // one of the two sets of factors
        Assert.Equal(expected, model.Model.VectorBytes);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Open_WithoutAnyTensor_IsRefusedByItsName(string name)
    {
        TinyModel whole = s_models[name];
        foreach (string tensor in whole.MakeTensors().Keys)
        {
            // Biases and factors may be absent, and without an output matrix the embedding serves.
            if (tensor.EndsWith(".bias", StringComparison.Ordinal) || tensor.StartsWith("rope_", StringComparison.Ordinal) || tensor == "output.weight") continue;
            InferenceException e = Refused(whole with { Without = [tensor] });
            Assert.Equal(InferenceError.MissingTensor, e.Error);
            // Without one matrix in place of several, or of two, the names of those are asked for.
            string asked = tensor.Replace("attn_qkv", "attn_q", StringComparison.Ordinal);
            Assert.Contains(asked, e.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Open_OfAnyTensorWithAnotherShape_IsRefusedWithBothShapes(string name)
    {
        foreach ((string tensor, (TensorShape shape, _)) in s_models[name].MakeTensors())
        {
            // The embedding's rows are the vocabulary, whatever their number; the output's must agree.
            TensorShape wrong = shape with { Ne0 = shape.Ne0 + 4 };
            AssertShapeRefused(name, tensor, wrong);
            if (shape.DimensionCount < 2) continue;
            if (tensor != "token_embd.weight") AssertShapeRefused(name, tensor, shape with { Ne1 = shape.Ne1 + 1 });
            AssertShapeRefused(name, tensor, shape with { DimensionCount = 3, Ne2 = shape.Ne2 + 1 });
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Open_OfAVectorThatIsNotFinite_IsRefusedByName(float value)
    {
        foreach (string damaged in new[] { "blk.1.ffn_norm.weight", "output_norm.weight", "blk.0.attn_k.bias" })
        {
            InferenceException e = Refused(s_models["qwen2"], (name, tensor) =>
            {
                if (name == damaged) tensor.Values[3] = value;
                return tensor;
            });
            Assert.Equal(InferenceError.InvalidTensor, e.Error);
            Assert.Contains(damaged + ": value 3", e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Open_OfFactorsThatAreNotPositive_IsRefused() =>
        Assert.Equal(InferenceError.InvalidTensor, Refused(new TinyModel("llama") { RopeFreqs = [1, 0, 2, 3] }).Error);

    [Fact]
    public void Open_OfTensorsTheFamilyDoesNotUse_IsRefusedByName()
    {
        // A Qwen 3 that calls itself Qwen 2 would run, and speak nonsense.
        InferenceException e = Refused(new TinyModel("qwen3"), architecture: "qwen2");
        Assert.Equal(InferenceError.InvalidTensor, e.Error);
        Assert.Contains("attn_q_norm", e.Message, StringComparison.Ordinal);
        Assert.Contains("blk.2.", Refused(new TinyModel("llama") { Blocks = 3, Metadata = [("block_count", 2u)] }).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OfFewerBlocksThanDeclared_IsRefused() =>
        Assert.Contains("blk.2.", Refused(new TinyModel("llama") { Metadata = [("block_count", 4096u)] }).Message, StringComparison.Ordinal);

    [SkippableFact]
    public void Open_OfAnIncompleteModel_IsRefused()
    {
        string path = SharedTestData.Require("models/weightless-tiny-incomplete.gguf");
        InferenceException e = Assert.Throws<InferenceException>(() => new LoadedModel(path, MatMulScheme.Float));
        Assert.True(e.Error is InferenceError.MissingTensor or InferenceError.MissingMetadata, e.Message);
    }

    public void Dispose() => _folder.Dispose();

    private static IEnumerable<WeightMatrix> Matrices(InferenceModel model) => model.Blocks
        .SelectMany(b => b.Projections.Concat(b.GateAndUp).Select(p => p.Matrix).Append(b.AttentionOutput).Append(b.Down).Concat(b.Router is null ? [] : [b.Router]))
        .Append(model.Output);

    private void AssertShapeRefused(string model, string wrong, TensorShape shape)
    {
        InferenceException e = Refused(s_models[model], (name, tensor) => name == wrong ? (shape, new float[shape.ValueCount]) : tensor);
        Assert.Equal(InferenceError.InvalidTensor, e.Error);
        Assert.Contains(wrong, e.Message, StringComparison.Ordinal);
        Assert.Contains(shape.ToString(), e.Message, StringComparison.Ordinal);
        Assert.Contains("expected [", e.Message, StringComparison.Ordinal);
    }

    private InferenceException Refused(
        TinyModel tiny, Func<string, (TensorShape Shape, float[] Values), (TensorShape Shape, float[] Values)>? change = null, string? architecture = null)
    {
        string path = (architecture is null ? tiny : tiny with { StatedArchitecture = architecture }).Write(_folder["refused.gguf"], change);
        return Assert.Throws<InferenceException>(() => new LoadedModel(path, MatMulScheme.Float, context: 64));
    }
}
