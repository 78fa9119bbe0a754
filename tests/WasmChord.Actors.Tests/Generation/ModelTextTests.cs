using WasmChord.Gguf;
using WasmChord.TestData;

namespace WasmChord.Actors.Tests;

public sealed class ModelTextTests
{
    [SkippableTheory]
    [InlineData("")]
    [InlineData("models/llama-2-tiny-random.gguf")]
    [InlineData("vocab/ggml-vocab-llama-bpe.gguf")]
    [InlineData("vocab/ggml-vocab-gpt-2.gguf")]
    [InlineData("vocab/ggml-vocab-phi-3.gguf")]
    public async Task MostBytes_Vocabulary_IsNoLessThanItTakes(string path)
    {
        using GgufModel model = await GgufModel.OpenAsync(path.Length == 0
            ? Path.Combine(SharedTestData.RepositoryRoot, "examples", "models", "demo.gguf")
            : SharedTestData.Require(path));
        ModelText text = await ModelText.OpenAsync(model);
        Assert.NotNull(text.Tokenizer);
        Assert.InRange(text.ApproximateBytes, 1, ModelText.MostBytes(model));
    }
}
