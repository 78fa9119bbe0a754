using WasmChord.Bench.Compare;
using WasmChord.Gguf;
using WasmChord.TestData;

namespace WasmChord.Bench.Tests;

public sealed class ResidencyBoundTests
{
    [Theory]
    [InlineData(4e9, 2e9, 1, null, 1.5)]
    [InlineData(4e9, 2e9, 8, null, 12.0)]
    [InlineData(4e9, 2e9, 8, 9.0, 9.0)]
    [InlineData(4e9, 5e9, 1, 9.0, 9.0)]
    [InlineData(4e9, 5e9, 1, null, double.PositiveInfinity)]
    public void TokensPerSecond_MissingBytesAndMemory_AreBothBounds(double wave, double resident, int users, double? inMemory, double expected) =>
        Assert.Equal(expected, ResidencyBound.Of((long)wave, (long)resident, 3e9, users, inMemory).TokensPerSecond);

    [Fact]
    public async Task WaveBytes_ModelOfTheTool_IsItsTensorsLessEmbeddingsThatAreOnlyLookedUp()
    {
        await using GgufModel model = await GgufModel.OpenAsync(Path.Join(SharedTestData.RepositoryRoot, "src/WasmChord.Cli/Demo/demo.gguf"));
        Assert.True(model.TryGetTensor("token_embd.weight", out TensorInfo? embeddings));
        long expected = model.TryGetTensor("output.weight", out _) ? model.TensorBytes - embeddings.ByteLength : model.TensorBytes;
        Assert.Equal(expected, WaveWeights.Bytes(model));
    }
}
