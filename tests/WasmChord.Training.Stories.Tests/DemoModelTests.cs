using System.Text;
using WasmChord.Gguf;
using WasmChord.Inference;
using WasmChord.TestData;

namespace WasmChord.Training.Stories.Tests;

/// <summary>The model that the tool carries, against the grammar that it learned.</summary>
public sealed class DemoModelTests
{
    private const ulong TrainingSeed = 7;

    private static string Path { get; } = System.IO.Path.Combine(SharedTestData.RepositoryRoot, "src", "WasmChord.Cli", "Demo", "demo.gguf");

    [Fact]
    public async Task Vocabulary_OfTheModel_IsTheTrainers()
    {
        using GgufModel model = await GgufModel.OpenAsync(Path);
        StoryVocabulary learned = DemoVocabulary.Learn(TrainingSeed);

        Assert.True(model.Metadata.TryGetArray("tokenizer.ggml.tokens", out GgufArray? tokens));
        Assert.True(model.Metadata.TryGetArray("tokenizer.ggml.scores", out GgufArray? scores));
        Assert.True(model.Metadata.TryGetArray("tokenizer.ggml.token_type", out GgufArray? types));

        Assert.Equal(learned.Pieces, await tokens.ReadStringsAsync());
        Assert.Equal(learned.Scores, await scores.ReadAsync<float>());
        Assert.Equal(learned.Types.Select(type => (int)type), await types.ReadAsync<int>());
    }

    [Fact]
    public async Task Ids_OfTheTrainer_AreTheRuntimes()
    {
        using GgufModel model = await GgufModel.OpenAsync(Path);
        Tokenizer tokenizer = await Tokenizer.CreateAsync(model);
        StoryVocabulary vocabulary = await StoryVocabulary.ReadAsync(model);
        StoryRandom random = new(5);
        IEnumerable<string> texts = HeldOutPrompts.Stories(300).Select(story => story.Text)
            .Concat(["", " ", "  a  b ", "naïve 日本 🦊\n", "Hello!!! \"What?\" 123"])
            .Concat(Enumerable.Range(0, 200).Select(_ => RandomText(random)));

        foreach (string text in texts)
        {
            Assert.Equal(vocabulary.Encode(text), tokenizer.Encode(text, addSpecial: false).Select(id => id.Value));
            Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text, addSpecial: false)));
        }
    }

    // Not reached. The figure is in docs/PERFORMANCE.md.
    [Fact(Skip = "the demo model's stories are accepted 85 times in 100; the bar is 90")]
    public async Task Stories_OfHeldOutPrompts_AreAcceptedNineTimesInTen()
    {
        StoryVerdict[] verdicts = await TellHeldOutAsync();
        Assert.True(
            verdicts.Count(verdict => verdict.IsAccepted) >= 90,
            string.Join('\n', verdicts.Where(verdict => !verdict.IsAccepted).Select(verdict => verdict.Message)));
    }

    // What is published of this very file: greedy texts have the same bits on every machine, so a change of the runtime
    // that changes a token shows here.
    [Fact]
    public async Task Stories_OfHeldOutPrompts_AreAcceptedAsOftenAsPublished() =>
        Assert.Equal(85, (await TellHeldOutAsync()).Count(verdict => verdict.IsAccepted));

    [Fact]
    public async Task Stories_OfSeveralAtOnce_AreThoseOfEachAlone()
    {
        using StoryTeller teller = await StoryTeller.OpenAsync(Path);
        IReadOnlyList<string> prompts = HeldOutPrompts.Take(3);

        IReadOnlyList<string> together = teller.Continue(prompts, 0.7f, 9);

        for (int i = 0; i < prompts.Count; i++) Assert.Equal(together[i], teller.Continue([prompts[i]], 0.7f, 9 + (ulong)i)[0]);
    }

    private static async Task<StoryVerdict[]> TellHeldOutAsync()
    {
        using StoryTeller teller = await StoryTeller.OpenAsync(Path);
        StoryChecker checker = new(StoryGrammar.Default);
        IReadOnlyList<string> prompts = HeldOutPrompts.Take(100);
        IReadOnlyList<string> texts = teller.Continue(prompts, temperature: 0, seed: 0);
        Assert.All(texts.Zip(prompts), pair => Assert.StartsWith(pair.Second, pair.First, StringComparison.Ordinal));
        return [.. texts.Select(checker.Check)];
    }

    private static string RandomText(StoryRandom random)
    {
        StringBuilder text = new();
        for (int length = random.Next(40); length > 0; length--)
        {
            text.Append(random.Next(3) switch
            {
                0 => " the",
                1 => (char)(' ' + random.Next(95)),
                _ => new Rune(random.Next(0xD800)).ToString(),
            });
        }
        return text.Replace("▁", "").ToString();
    }
}
