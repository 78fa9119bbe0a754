using Akka.Streams;
using Akka.Streams.Dsl;
using WasmChord.Inference;
using static WasmChord.Actors.GenerationProtocol;

namespace WasmChord.Actors.Tests;

public sealed class GenerationSourceTests : GenerationTestKit
{
    private static readonly GenerationOptions s_some = new() { MaxTokens = 60, IgnoreEndOfText = true };

    [Fact]
    public async Task Generate_SlowReader_PausesItsOwnTextOnly()
    {
        await using StreamedModel model = await OpenAsync();
        IMaterializer materializer = Sys.Materializer();
        (Task<GenerationCompleted> completion, ISinkQueue<GeneratedToken> reader) = model
            .Generate(GenerationPrompt.FromTokens(Prompt(1, 5)), s_some with { OutputWindow = 6 })
            .ToMaterialized(Sink.Queue<GeneratedToken>().WithAttributes(Attributes.CreateInputBuffer(1, 1)), Keep.Both)
            .Run(materializer);
        GenerationStatistics s = await PausedAsync(model);
        Assert.Equal((1, 1), (s.ActiveSequences, s.PausedSequences));
        Assert.InRange(s.GeneratedTokens, 6, 8);
        long waves = s.Waves;
        GenerationResult other = await model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(2, 5)), s_some);
        Assert.Equal(60, other.Tokens.Count);
        Assert.Equal(s.GeneratedTokens + 60, (await model.GetGenerationStatisticsAsync()).GeneratedTokens);
        Assert.Equal(waves + other.Completed.Usage.Waves, (await model.GetGenerationStatisticsAsync()).Waves);
        Assert.False(completion.IsCompleted);

        List<TokenId> slow = [];
        while (await reader.PullAsync() is { HasValue: true } token)
        {
            Assert.Equal(slow.Count, token.Value.Index);
            slow.Add(token.Value.Token);
        }

        Assert.Equal(GenerationEnd.MaxTokens, (await completion).Reason);
        Assert.Equal((await model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 5)), s_some)).Tokens, slow);
        await AssertNothingKeptAsync(model);
    }

    [Fact]
    public async Task Generate_StreamCancelled_CancelsTheRequest()
    {
        await using StreamedModel model = await OpenAsync();
        List<GeneratedToken> first = await model.Generate(GenerationPrompt.FromTokens(Prompt(1, 5)), s_some with { MaxTokens = 400 })
            .Take(3)
            .RunWith(Sink.Aggregate(new List<GeneratedToken>(), (List<GeneratedToken> all, GeneratedToken t) => [.. all, t]), Sys.Materializer());
        Assert.Equal([0, 1, 2], first.Select(t => t.Index));
        await AssertNothingKeptAsync(model);
        Assert.InRange((await model.GetGenerationStatisticsAsync()).GeneratedTokens, 3, 399);
    }

    [Fact]
    public async Task GenerateAsync_Cancelled_ReturnsWhatThereIs()
    {
        await using StreamedModel model = await OpenAsync();
        using CancellationTokenSource cancellation = new();
        GenerationResult result = await model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 5)), s_some with
        {
            MaxTokens = 400,
            Cancellation = cancellation.Token,
            OnLogits = (position, _) =>
            {
                if (position == 12) cancellation.Cancel();
            },
        });
        Assert.Equal(GenerationEnd.Cancelled, result.Completed.Reason);
        Assert.InRange(result.Tokens.Count, 7, 60);
        Assert.Equal(result.Tokens.Count, result.Completed.Usage.GeneratedTokens);
        await AssertNothingKeptAsync(model);
    }

    [Fact]
    public async Task Generate_Refused_FailsTheStreamAndTheTaskWithTheReason()
    {
        await using StreamedModel model = await OpenAsync();
        (Task<GenerationCompleted> completion, Task<GeneratedToken> first) = model.Generate(GenerationPrompt.FromTokens([]), s_some)
            .ToMaterialized(Sink.First<GeneratedToken>(), Keep.Both)
            .Run(Sys.Materializer());
        Assert.Equal(GenerationRefusal.EmptyPrompt, (await Assert.ThrowsAsync<GenerationRefusedException>(() => completion)).Reason);
        await Assert.ThrowsAnyAsync<Exception>(() => first);
    }

    private static async Task<GenerationStatistics> PausedAsync(StreamedModel model)
    {
        long tokens = -1;
        for (int i = 0; i < 2000; i++)
        {
            GenerationStatistics s = await model.GetGenerationStatisticsAsync();
            if (s.PausedSequences == 1 && s.GeneratedTokens == tokens) return s;
            tokens = s.PausedSequences == 1 ? s.GeneratedTokens : -1;
            await Task.Delay(20);
        }

        throw new TimeoutException("never paused");
    }
}
