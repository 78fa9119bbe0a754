namespace WasmChord.Bench.Models.Tests;

public sealed class ModelShapeTests
{
    [Fact]
    public void Validate_OfEveryNamedShape_Passes() => Assert.All(ModelShapes.All, shape => shape.Validate());

    public static TheoryData<ModelShape> Broken { get; } = new(
        ModelShapes.Tiny with { HeadCount = 7 },
        ModelShapes.Tiny with { KvHeadCount = 3 },
        ModelShapes.Tiny with { LayerCount = 0 },
        ModelShapes.Tiny with { VocabularySize = 300 },
        ModelShapes.Tiny with { ExpertCount = 4 },
        ModelShapes.Tiny with { ExpertCount = 4, ExpertUsedCount = 5 });

    [Theory]
    [MemberData(nameof(Broken))]
    public void Validate_OfDimensionsThatFitNoModel_Throws(ModelShape shape) => Assert.Throws<ArgumentException>(shape.Validate);
}
