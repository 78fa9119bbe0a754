using System.Text;
using WasmChord.Gguf;
using WasmChord.Inference;

namespace WasmChord.Actors.Tests;

/// <summary>Texts in and out: prompts are encoded, pieces are whole characters, stop strings end the text.</summary>
public sealed class GenerationTextTests : GenerationTestKit
{
    private static readonly GenerationOptions s_some = new() { MaxTokens = 60, IgnoreEndOfText = true };

    [Fact]
    public async Task Generate_Text_IsThatOfItsTokensInWholeCharacters()
    {
        using GgufModel file = await GgufModel.OpenAsync(ModelPath);
        Tokenizer tokenizer = await Tokenizer.CreateAsync(file);
        await using StreamedModel model = await OpenAsync();
        // Hot enough for byte tokens in any order.
        GenerationOptions options = s_some with { MaxTokens = 200, Sampler = new SamplerOptions { Temperature = 50, TopK = 0, TopP = 1, MinP = 0, Seed = 3 } };
        List<string> pieces = [];
        List<TokenId> tokens = [];
        await foreach (GeneratedToken token in Run(model, GenerationPrompt.FromText("Once upon a time"), options))
        {
            pieces.Add(token.Text);
            tokens.Add(token.Token);
        }

        byte[] bytes = tokenizer.DecodeBytes(tokens.ToArray());
        Assert.Equal(Encoding.UTF8.GetString(bytes), string.Concat(pieces));
        Assert.All(pieces, p => Assert.Equal(p, Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(p))));
        GenerationResult byTokens = await model.GenerateAsync(GenerationPrompt.FromTokens(tokenizer.Encode("Once upon a time")), options);
        Assert.Equal(tokens, byTokens.Tokens);
    }

    [Fact]
    public async Task Generate_StopString_EndsTheTextBeforeItAndNothingOfItIsSeen()
    {
        await using StreamedModel model = await OpenAsync();
        string text = (await model.GenerateAsync(GenerationPrompt.FromText("Once upon a time"), s_some)).Text;
        string stop = text.Substring(text.Length / 2, 5);
        List<string> pieces = [];
        await foreach (GeneratedToken token in Run(model, GenerationPrompt.FromText("Once upon a time"), s_some with { Stop = ["never met at all", stop] })) pieces.Add(token.Text);
        Assert.Equal(text[..text.IndexOf(stop, StringComparison.Ordinal)], string.Concat(pieces));
        GenerationResult result = await model.GenerateAsync(GenerationPrompt.FromText("Once upon a time"), s_some with { Stop = [stop] });
        Assert.Equal(GenerationEnd.StopString, result.Completed.Reason);
        Assert.InRange(result.Tokens.Count, 1, 59);
    }

    [Fact]
    public async Task Generate_EndOfText_EndsItUnlessItIsIgnored()
    {
        using GgufModel file = await GgufModel.OpenAsync(ModelPath);
        TokenId end = (await Tokenizer.CreateAsync(file)).EndOfGeneration[0];
        await using StreamedModel model = await OpenAsync();
        SamplerOptions wanting = SamplerOptions.Greedy with { LogitBias = new Dictionary<TokenId, float> { [end] = 1e9f } };
        GenerationResult result = await model.GenerateAsync(GenerationPrompt.FromText("Once"), new GenerationOptions { MaxTokens = 9, Sampler = wanting });
        Assert.Equal(GenerationEnd.EndOfText, result.Completed.Reason);
        Assert.Equal([end], result.Tokens);
        Assert.Equal("", result.Text);
        result = await model.GenerateAsync(GenerationPrompt.FromText("Once"), new GenerationOptions { MaxTokens = 9, Sampler = wanting, IgnoreEndOfText = true });
        Assert.Equal((GenerationEnd.MaxTokens, 9), (result.Completed.Reason, result.Tokens.Count));
    }

    [Fact]
    public async Task Generate_Conversation_IsRenderedByTheTemplateThatIsNamed()
    {
        using GgufModel file = await GgufModel.OpenAsync(ModelPath);
        Tokenizer tokenizer = await Tokenizer.CreateAsync(file);
        ChatMessage[] messages = [new("system", "Tell."), new("user", "A story")];
        string rendered = ChatTemplate.Named("chatml").Render(messages);
        await using StreamedModel model = await OpenAsync(generation: g => g with { Context = 512 });
        GenerationResult chat = await model.GenerateAsync(GenerationPrompt.FromChat(messages, "chatml"), s_some);
        GenerationResult text = await model.GenerateAsync(GenerationPrompt.FromText(rendered, parseSpecial: true), s_some);
        Assert.Equal(text.Tokens, chat.Tokens);
        Assert.Equal(tokenizer.Encode(rendered, true, true).Length, chat.Completed.Usage.PromptTokens);
        GenerationRefusedException e = await Assert.ThrowsAsync<GenerationRefusedException>(() => model.GenerateAsync(GenerationPrompt.FromChat(messages, "no such"), s_some));
        Assert.Equal(GenerationRefusal.ModelUnsupported, e.Reason);
        Assert.Contains("no such", e.Message);
    }

    private async IAsyncEnumerable<GeneratedToken> Run(StreamedModel model, GenerationPrompt prompt, GenerationOptions options)
    {
        Akka.Streams.ISinkQueue<GeneratedToken> queue = model.Generate(prompt, options)
            .ToMaterialized(Akka.Streams.Dsl.Sink.Queue<GeneratedToken>(), Akka.Streams.Dsl.Keep.Right)
            .Run(Akka.Streams.ActorMaterializerExtensions.Materializer(Sys));
        while (await queue.PullAsync() is { HasValue: true } token) yield return token.Value;
    }
}
