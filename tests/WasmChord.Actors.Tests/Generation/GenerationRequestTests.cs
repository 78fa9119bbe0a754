using Akka.TestKit;
using WasmChord.Inference;
using WasmChord.Memory64;
using static WasmChord.Actors.GenerationProtocol;

namespace WasmChord.Actors.Tests;

/// <summary>Refusals, sessions and drafts: one request, and what the answers say.</summary>
public sealed class GenerationRequestTests : GenerationTestKit
{
    private static readonly GenerationOptions s_some = new() { MaxTokens = 24, IgnoreEndOfText = true };

    [Theory]
    [InlineData("empty", GenerationRefusal.EmptyPrompt)]
    [InlineData("token", GenerationRefusal.InvalidToken)]
    [InlineData("negative", GenerationRefusal.InvalidToken)]
    [InlineData("context", GenerationRefusal.ContextExceeded)]
    [InlineData("option", GenerationRefusal.InvalidOption)]
    [InlineData("stop", GenerationRefusal.InvalidOption)]
    [InlineData("tokens", GenerationRefusal.InvalidOption)]
    [InlineData("deadline", GenerationRefusal.Deadline)]
    [InlineData("cancelled", GenerationRefusal.Cancelled)]
    public async Task Generate_CannotRun_IsRefusedBeforeAnyWork(string what, GenerationRefusal reason)
    {
        await using StreamedModel model = await OpenAsync(generation: g => g with { Context = 128 });
        TokenId[] prompt = what switch
        {
            "empty" => [],
            "token" => [new TokenId(1), new TokenId(512)],
            "negative" => [new TokenId(-1)],
            "context" => Prompt(1, 128),
            _ => Prompt(1, 4),
        };
        GenerationOptions options = s_some with
        {
            Sampler = what == "option" ? new SamplerOptions { TopP = 3 } : SamplerOptions.Greedy,
            Stop = what == "stop" ? [""] : [],
            MaxTokens = what == "tokens" ? -1 : 5,
            Timeout = what == "deadline" ? TimeSpan.Zero : null,
            Cancellation = new CancellationToken(what == "cancelled"),
        };
        GenerationRefusedException e = await Assert.ThrowsAsync<GenerationRefusedException>(() => model.GenerateAsync(GenerationPrompt.FromTokens(prompt), options));
        Assert.Equal(reason, e.Reason);
        if (what == "context") Assert.Contains("128", e.Message);
        Assert.Equal(0, (await model.GetGenerationStatisticsAsync()).Waves);
        await AssertNothingKeptAsync(model);
    }

    [Fact]
    public async Task Generate_OptionsThatCannotBeRead_AreRefusedAndOthersGoOn()
    {
        await using StreamedModel model = await OpenAsync();
        Task<GenerationResult> other = model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 5)), s_some with { MaxTokens = 60 });
        GenerationRefusedException e = await Assert.ThrowsAsync<GenerationRefusedException>(
            () => model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 5)), s_some with { Stop = null! }));
        Assert.Equal(GenerationRefusal.InvalidOption, e.Reason);
        Assert.Equal(60, (await other).Tokens.Count);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(TimeSpan.TicksPerDay * 400)]
    public async Task Generate_TimeoutBeyondAllTimers_IsNoDeadline(long ticks)
    {
        await using StreamedModel model = await OpenAsync();
        GenerationResult result = await model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 5)), s_some with { Timeout = TimeSpan.FromTicks(ticks) });
        Assert.Equal(GenerationEnd.MaxTokens, result.Completed.Reason);
        using LayerLease lease = await model.AcquireLayerAsync(Gguf.LayerId.Block(0), TimeSpan.FromTicks(ticks));
        Assert.False(lease.IsEnded);
    }

    [Fact]
    public async Task Generate_PromptThatAlmostFillsTheContext_EndsWithTheContextFull()
    {
        await using StreamedModel model = await OpenAsync(generation: g => g with { Context = 64 });
        GenerationResult result = await model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 60)), s_some);
        Assert.Equal(GenerationEnd.ContextFull, result.Completed.Reason);
        Assert.Equal(5, result.Tokens.Count);
        GenerationResult scored = await model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 64)), s_some with { MaxTokens = 0 });
        Assert.Equal((GenerationEnd.MaxTokens, 0), (scored.Completed.Reason, scored.Tokens.Count));
    }

    [Fact]
    public async Task Generate_ModelThatCannotBeRun_IsRefusedWithTheReason()
    {
        await using StreamedModel model = await OpenAsync(path: Model.Path);
        GenerationRefusedException e = await Assert.ThrowsAsync<GenerationRefusedException>(() => model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 4)), s_some));
        Assert.Equal(GenerationRefusal.ModelUnsupported, e.Reason);
        await AssertNothingKeptAsync(model);
        Assert.Equal(0, (await model.GetMemoryAsync()).GenerationBytes);
    }

    [Fact]
    public async Task Generate_FormatThatIsNotRaw_IsRefused()
    {
        await using StreamedModel model = await OpenAsync(configure: s => s with { Image = s.Image with { Format = ResidencyFormat.F32 } });
        GenerationRefusedException e = await Assert.ThrowsAsync<GenerationRefusedException>(() => model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 4)), s_some));
        Assert.Contains("raw", e.Message);
    }

    [Fact]
    public async Task Generate_BudgetWithoutRoom_IsRefusedWithTheNumbers()
    {
        long smallest = await SmallestBudgetAsync(1);
        await using StreamedModel model = await OpenAsync($"{smallest - 1}");
        GenerationRefusedException e = await Assert.ThrowsAsync<GenerationRefusedException>(() => model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 4)), s_some));
        Assert.Equal(GenerationRefusal.BudgetTooSmall, e.Reason);
        Assert.Contains($"{smallest - 1}", e.Message);
        Assert.Equal(0, (await model.GetMemoryAsync()).ScratchBytes);
    }

    [Fact]
    public async Task Generate_MoreThanTheBudgetCouldHold_IsRefusedAtOnceAndTheNextRuns()
    {
        await using StreamedModel model = await OpenAsync($"{await SmallestBudgetAsync(40)}");
        TestProbe probe = CreateTestProbe();
        GenerationId running = GenerationId.New(), large = GenerationId.New();
        model.Actor.Tell(new Generate(running, GenerationPrompt.FromTokens(Prompt(1, 4)), s_some), probe);
        Assert.IsType<TokenGenerated>(probe.ReceiveOne(Patience));
        TestProbe other = CreateTestProbe();
        model.Actor.Tell(new Generate(large, GenerationPrompt.FromTokens(Prompt(2, 100)), s_some), other);
        GenerationRefused refused = Assert.IsType<GenerationRefused>(Receive(other, large).End);
        Assert.Equal(GenerationRefusal.KvExceedsBudget, refused.Reason);
        Assert.Contains("16 pages", refused.Text);
        Assert.Equal(GenerationEnd.MaxTokens, Assert.IsType<GenerationCompleted>(Receive(probe, running).End).Reason);
        await AssertNothingKeptAsync(model);
    }

    [Fact]
    public async Task Generate_TwoThatDoNotFitTogether_TheSecondWaitsAndBothAreWhole()
    {
        await using StreamedModel model = await OpenAsync($"{await SmallestBudgetAsync(40)}");
        GenerationOptions options = s_some with { MaxTokens = 20 };
        Task<GenerationResult>[] both = [.. Enumerable.Range(0, 3).Select(i => model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(i, 20)), options))];
        GenerationResult[] results = await Task.WhenAll(both);
        await using StreamedModel roomy = await OpenAsync();
        for (int i = 0; i < results.Length; i++)
            Assert.Equal((await roomy.GenerateAsync(GenerationPrompt.FromTokens(Prompt(i, 20)), options)).Tokens, results[i].Tokens);
        await AssertNothingKeptAsync(model);
    }

    [Fact]
    public async Task Generate_DuplicateId_IsRefusedAndTheFirstGoesOn()
    {
        await using StreamedModel model = await OpenAsync();
        TestProbe probe = CreateTestProbe();
        Generate message = new(GenerationId.New(), GenerationPrompt.FromTokens(Prompt(1, 4)), s_some);
        model.Actor.Tell(message, probe);
        TestProbe other = CreateTestProbe();
        model.Actor.Tell(message, other);
        Assert.Equal(GenerationRefusal.DuplicateId, Assert.IsType<GenerationRefused>(other.ReceiveOne(Patience)).Reason);
        Assert.IsType<GenerationCompleted>(Receive(probe, message.Id).End);
    }

    [Fact]
    public async Task Session_NextTurn_ReusesTheCommonPrefixAndSaysTheSame()
    {
        await using StreamedModel model = await OpenAsync("1200KiB");
        GenerationOptions session = s_some with { SessionId = "s" };
        TokenId[] first = Prompt(1, 30);
        GenerationResult turn = await model.GenerateAsync(GenerationPrompt.FromTokens(first), session);
        Assert.Equal(0, turn.Completed.Usage.ReusedTokens);
        TokenId[] second = [.. first, .. turn.Tokens, .. Prompt(2, 10)];
        GenerationResult next = await model.GenerateAsync(GenerationPrompt.FromTokens(second), session);
        Assert.Equal(30 + 24 - 1, next.Completed.Usage.ReusedTokens);
        Assert.Equal((await model.GenerateAsync(GenerationPrompt.FromTokens(second), s_some)).Tokens, next.Tokens);

        // A prompt that parts from the session early reuses what is common; the same prompt again, all but its last token.
        TokenId[] parting = [.. first[..12], .. Prompt(3, 5)];
        Assert.Equal(12, (await model.GenerateAsync(GenerationPrompt.FromTokens(parting), session)).Completed.Usage.ReusedTokens);
        GenerationResult again = await model.GenerateAsync(GenerationPrompt.FromTokens(parting), session);
        Assert.Equal(parting.Length - 1, again.Completed.Usage.ReusedTokens);
        Assert.Equal((await model.GenerateAsync(GenerationPrompt.FromTokens(parting), s_some)).Tokens, again.Tokens);
        await AssertNothingKeptAsync(model, sessions: 1);
    }

    [Fact]
    public async Task Session_MemoryIsNeeded_TheLongestIdleIsForgotten()
    {
        // Fifteen pages: three sessions of five.
        await using StreamedModel model = await OpenAsync($"{await SmallestBudgetAsync(120)}", g => g with { WavePositions = 1 });
        GenerationOptions options = s_some with { MaxTokens = 8 };
        foreach (string id in new[] { "a", "b", "c" }) await model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(id[0], 32)), options with { SessionId = id });
        Assert.Equal(3, (await model.GetGenerationStatisticsAsync()).IdleSessions);
        await model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(9, 32)), options);
        Assert.Equal(2, (await model.GetGenerationStatisticsAsync()).IdleSessions);
        Assert.Equal(31, (await model.GenerateAsync(GenerationPrompt.FromTokens(Prompt('c', 32)), options with { SessionId = "c" })).Completed.Usage.ReusedTokens);
        Assert.Equal(0, (await model.GenerateAsync(GenerationPrompt.FromTokens(Prompt('a', 32)), options with { SessionId = "a" })).Completed.Usage.ReusedTokens);
    }

    [Fact]
    public async Task Session_IdleTooLong_IsForgottenAndItsMemoryGoesBack()
    {
        await using StreamedModel model = await OpenAsync(generation: g => g with { SessionIdleTimeout = TimeSpan.FromMilliseconds(200), RestAfter = TimeSpan.FromMilliseconds(100) });
        await model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 30)), s_some with { SessionId = "s" });
        await AssertNothingKeptAsync(model);
        for (int i = 0; i < 500 && (await model.GetMemoryAsync()).ScratchBytes > 0; i++) await Task.Delay(10);
        MemoryStatus rested = await model.GetMemoryAsync();
        Assert.Equal((0, 0), (rested.ScratchBytes, rested.KvBytes));
        Assert.Equal(24, (await model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(1, 30)), s_some)).Tokens.Count);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.7f)]
    public async Task Drafting_OnAndOff_TheTextIsTheSame(float temperature)
    {
        GenerationOptions options = s_some with { MaxTokens = 120, Sampler = new SamplerOptions { Temperature = temperature, Seed = 5, TopK = 3 } };
        // What repeats itself is guessed well; what does not is not.
        TokenId[] repeating = [.. Enumerable.Repeat(Prompt(1, 12).Skip(1), 6).SelectMany(p => p)];
        List<IReadOnlyList<TokenId>> texts = [];
        foreach (DraftingMode mode in new[] { DraftingMode.Off, DraftingMode.On })
        {
            await using StreamedModel model = await OpenAsync(generation: g => g with { Drafting = mode });
            Task<GenerationResult>[] runs = [.. new[] { repeating, Prompt(2, 30) }.Select(p => model.GenerateAsync(GenerationPrompt.FromTokens(p), options))];
            GenerationResult[] results = await Task.WhenAll(runs);
            texts.AddRange(results.Select(r => r.Tokens));
            int accepted = results.Sum(r => r.Completed.Usage.AcceptedTokens), drafted = results.Sum(r => r.Completed.Usage.DraftedTokens);
            Assert.Equal(mode == DraftingMode.On, accepted > 0);
            Assert.InRange(accepted, 0, drafted);
            foreach (GenerationResult r in results)
                Assert.Equal(r.Completed.Usage.GeneratedTokens, r.Tokens.Count);
            await AssertNothingKeptAsync(model);
        }

        Assert.Equal(texts[0], texts[2]);
        Assert.Equal(texts[1], texts[3]);
    }

    [Fact]
    public async Task Drafting_Auto_BeginsWhenWavesAreBoundByReading()
    {
        TokenId[] repeating = [.. Enumerable.Repeat(Prompt(1, 12).Skip(1), 6).SelectMany(p => p)];
        GenerationOptions options = s_some with { MaxTokens = 100 };
        await using StreamedModel resident = await OpenAsync();
        await resident.GenerateAsync(GenerationPrompt.FromTokens(repeating), options);
        GenerationResult fast = await resident.GenerateAsync(GenerationPrompt.FromTokens(repeating), options);
        await using StreamedModel streamed = await OpenAsync("700KiB", g => g with { DraftReadShare = 0.2 });
        Faults.DelayReads(TimeSpan.FromMilliseconds(3));
        GenerationResult slow = await streamed.GenerateAsync(GenerationPrompt.FromTokens(repeating), options);
        Assert.Equal(0, fast.Completed.Usage.DraftedTokens);
        Assert.True(slow.Completed.Usage.DraftedTokens > 0, $"{await streamed.GetGenerationStatisticsAsync()}");
        Assert.Equal(fast.Tokens, slow.Tokens);
    }
}
