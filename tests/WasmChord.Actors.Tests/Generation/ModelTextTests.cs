using WasmChord.Gguf;
using WasmChord.Inference;
using WasmChord.Inference.Tests;
using WasmChord.TestData;

namespace WasmChord.Actors.Tests;

public sealed class ModelTextTests
{
    [SkippableTheory]
    [InlineData("")]
    [InlineData("models/llama-2-tiny-random.gguf")]
    [InlineData("vocab/ggml-vocab-llama-spm.gguf")]
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

    [Fact]
    public async Task Encode_ConversationsOfOneFormat_ParseItOnceAndSayWhatEndsAnAnswer()
    {
        using GgufModel model = await GgufModel.OpenAsync(Path.Combine(SharedTestData.RepositoryRoot, "examples", "models", "demo.gguf"));
        ModelText text = await ModelText.OpenAsync(model);
        GenerationPrompt prompt = GenerationPrompt.FromChat([new ChatMessage("user", "hello")], "chatml");
        EncodedPrompt first = text.Encode(prompt);
        long before = GC.GetAllocatedBytesForCurrentThread();
        EncodedPrompt again = text.Encode(prompt);
        long cached = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(first.Tokens, again.Tokens);
        // This vocabulary has no such token: the model would write it as text.
        Assert.Equal(((TokenId?)null, "<|im_end|>"), (again.EndToken, again.EndText));
        Assert.Null(text.Encode(GenerationPrompt.FromText("hello")).EndText);
        Assert.Equal(InferenceError.UnsupportedTemplate, Assert.Throws<InferenceException>(() => text.Encode(GenerationPrompt.FromChat([new ChatMessage("user", "x")], ""))).Error);
        Assert.True(cached < 40_000, $"{cached} bytes for a conversation whose format is known");
    }

    [SkippableTheory]
    [InlineData("", "llama3", "<|eot_id|>")]
    [InlineData("vocab/ggml-vocab-phi-3.gguf", "phi3", "<|end|>")]
    public async Task Encode_VocabularyWithTheFormatsToken_EndsAtThatToken(string path, string format, string end)
    {
        using GgufModel model = path.Length == 0
            ? await TinyVocabulary.BytePair("llama-bpe").Add("<|start_header_id|>", type: TinyVocabulary.Control).Add(end, type: TinyVocabulary.Control).OpenAsync()
            : await GgufModel.OpenAsync(SharedTestData.Require(path));
        ModelText text = await ModelText.OpenAsync(model);
        EncodedPrompt encoded = text.Encode(GenerationPrompt.FromChat([new ChatMessage("user", "hello")], format));
        Assert.Equal(end, text.Tokenizer!.GetName(encoded.EndToken!.Value));
        Assert.Null(encoded.EndText);
    }

    [Fact]
    public async Task Write_EndOfAConversationsFormat_EndsTheText()
    {
        using GgufModel model = await GgufModel.OpenAsync(Path.Combine(SharedTestData.RepositoryRoot, "examples", "models", "demo.gguf"));
        Tokenizer tokenizer = (await ModelText.OpenAsync(model)).Tokenizer!;
        EncodedPrompt byText = new([]) { EndText = "<|im_end|>" }, byToken = new([]) { EndToken = new TokenId(300) };
        TokenWriter writer = new(GenerationOptions.Default, [], tokenizer.VocabularySize, tokenizer, 0, byText);
        GenerationEnd? met = null;
        string written = "";
        foreach (TokenId token in tokenizer.Encode("yes<|im_end|>no", addSpecial: false))
        {
            (string piece, met) = writer.Write(token);
            written += piece;
            if (met is not null) break;
        }

        Assert.Equal((GenerationEnd.StopString, "yes"), (met, written.Trim()));
        Assert.Equal(GenerationEnd.EndOfText, new TokenWriter(GenerationOptions.Default, [], tokenizer.VocabularySize, tokenizer, 0, byToken).Write(new TokenId(300)).End);
        Assert.Null(new TokenWriter(GenerationOptions.Default with { IgnoreEndOfText = true }, [], tokenizer.VocabularySize, tokenizer, 0, byToken).Write(new TokenId(300)).End);
    }
}
