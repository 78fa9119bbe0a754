using System.Runtime.InteropServices;
using WasmChord.Gguf;
using WasmChord.Inference;
using WasmChord.Memory64;
using WasmChord.TestData;
using static WasmChord.Actors.GenerationProtocol;

namespace WasmChord.Actors.Tests;

/// <summary>Opens a small model for generation: the trained one of the shared data where it is, else the repository's own.</summary>
public abstract class GenerationTestKit : EngineTestKit
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private protected GenerationTestKit(string extra = "") : base(extra)
    {
    }

    /// <summary>Below the model's size where there is the shared one; the other's keys and values take more than its weights.</summary>
    private protected static string BudgetOfLongTexts { get; } = SharedTestData.Has("models/stories260K.gguf") ? "1200KiB" : "8MiB";

    private protected static string ModelPath { get; } = SharedTestData.Has("models/stories260K.gguf")
        ? SharedTestData.Require("models/stories260K.gguf")
        : Path.Combine(SharedTestData.RepositoryRoot, "examples", "models", "demo.gguf");

    /// <summary>Opens for streaming with small tiles, two threads, and pages of few positions: more can happen.</summary>
    private protected Task<StreamedModel> OpenAsync(
        string budget = "auto", Func<GenerationSettings, GenerationSettings>? generation = null, string? path = null, Func<ModelSettings, ModelSettings>? configure = null,
        Func<string, StorageOptions, IStorage>? openStorage = null, long tileBytes = 16384) =>
        Extension.OpenModelAsync(path ?? ModelPath, new ModelOptions
        {
            Budget = BudgetSpec.Parse(budget),
            TileBytes = tileBytes,
            ResidentThresholdBytes = 0,
            OpenStorage = openStorage ?? ((file, storage) => new FaultyStorage(Storage.Open(file, storage, out _), Faults)),
            Configure = s =>
            {
                GenerationSettings g = s.Generation with { Threads = 2, KvPagePositions = 8, WavePositions = 32, SharedWavePositions = 16, ScratchShare = 0.25 };
                s = s with { Generation = generation?.Invoke(g) ?? g };
                return configure?.Invoke(s) ?? s;
            },
        });

    /// <summary>Tokens of a prompt that the trained model continues sensibly, or any of a length.</summary>
    private protected static TokenId[] Prompt(int seed, int length)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, length).Select(i => new TokenId(i == 0 ? 1 : random.Next(260, 500)))];
    }

    /// <summary>The least budget in which <paramref name="positions"/> positions of one sequence can be had.</summary>
    private protected async Task<long> SmallestBudgetAsync(int positions, string? path = null, long tileBytes = 16384)
    {
        await using StreamedModel model = await OpenAsync(path: path, tileBytes: tileBytes);
        await model.GenerateAsync(GenerationPrompt.FromTokens(Prompt(0, 3)), new GenerationOptions { MaxTokens = 2 });
        MemoryStatus status = await model.GetMemoryAsync();
        using GgufModel file = await GgufModel.OpenAsync(path ?? ModelPath);
        ModelConfig config = ModelConfig.Read(file);
        using KvCache kv = new(config, KvType.F16, 8);
        return status.BufferBytes + status.SmallestCacheBytes + status.ConstantBytes
            + ForwardPass.ScratchBytes(config, new ForwardOptions(1, 1, config.ContextLength), 2) + kv.PagesFor(positions) * kv.PageBytes;
    }

    /// <summary>Generates, with the bits of all logits seen.</summary>
    private protected static async Task<(GenerationResult Result, ulong[] Logits)> ObserveAsync(StreamedModel model, TokenId[] prompt, GenerationOptions options)
    {
        List<ulong> logits = [];
        GenerationResult result = await model.GenerateAsync(GenerationPrompt.FromTokens(prompt), options with
        {
            OnLogits = (_, row) => logits.Add(HashOf(row)),
        });
        return (result, [.. logits]);
    }

    /// <summary>The bits of a row of logits in one number.</summary>
    private protected static ulong HashOf(ReadOnlySpan<float> row) => System.IO.Hashing.XxHash3.HashToUInt64(MemoryMarshal.AsBytes(row));

    /// <summary>Everything that a request may hold is given back, and the parts of the budget sum up to it.</summary>
    private protected static async Task AssertNothingKeptAsync(StreamedModel model, int sessions = 0)
    {
        GenerationStatistics s = new();
        for (int i = 0; i < 500; i++)
        {
            s = await model.GetGenerationStatisticsAsync();
            if (s is { ActiveSequences: 0, QueuedRequests: 0 } && s.IdleSessions == sessions && (sessions > 0 || s.Memory!.KvBytes == 0)) break;
            await Task.Delay(10);
        }

        Assert.Equal((0, 0, sessions), (s.ActiveSequences, s.QueuedRequests, s.IdleSessions));
        if (sessions == 0) Assert.Equal((0, 0), (s.KvUsedBytes, s.Memory!.KvBytes));
        Assert.Equal(0, s.KvCommittedBytes);
        await AssertNothingHeldAsync(model);
        AssertAccounts(s.Memory!);
    }

    /// <summary>The parts of the budget are the budget.</summary>
    private protected static void AssertAccounts(MemoryStatus m)
    {
        Assert.Equal(m.BudgetBytes, m.BufferBytes + m.CacheBytes + m.GenerationBytes);
        Assert.True(m.CacheBytes >= m.SmallestCacheBytes, m.ToString());
    }

    /// <summary>The answers to one request, up to its last word.</summary>
    private protected (List<GeneratedToken> Tokens, IEnd End) Receive(Akka.TestKit.TestProbe probe, GenerationId id)
    {
        List<GeneratedToken> tokens = [];
        while (true)
        {
            switch (probe.ReceiveOne(Patience))
            {
                case TokenGenerated t when t.Id == id:
                    tokens.Add(t.Token);
                    break;
                case IEnd end when end.Id == id:
                    return (tokens, end);
                case null:
                    throw new TimeoutException("no last word");
            }
        }
    }
}
