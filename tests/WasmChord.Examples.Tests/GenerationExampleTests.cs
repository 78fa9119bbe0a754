using System.Text.RegularExpressions;
using Akka.Actor;
using WasmChord.Actors;
using WasmChord.Examples.EmbeddedGeneration;
using WasmChord.Memory64;
using static WasmChord.Actors.GenerationProtocol;

namespace WasmChord.Examples.Tests;

public sealed partial class GenerationExampleTests
{
    [Fact]
    public async Task RunAsync_WithinABudgetBelowTheModel_TellsThreeTexts()
    {
        using StringWriter output = new(), error = new();
        Assert.Equal(0, await GenerationExample.RunAsync([ExampleFiles.DemoModel, "1800KiB", "12"], output, error));
        Assert.Equal("", error.ToString());
        Assert.Contains("Once upon a time", output.ToString(), StringComparison.Ordinal);
        Match last = Totals().Match(output.ToString());
        Assert.Equal(36, int.Parse(last.Groups[1].ValueSpan));
        // Together they take fewer waves than one after another.
        Assert.InRange(int.Parse(last.Groups[2].ValueSpan), 12, 35);
    }

    [Fact]
    public async Task RunAsync_WithAnImpossibleBudget_SaysWhatWouldDo()
    {
        using StringWriter output = new(), error = new();
        Assert.Equal(1, await GenerationExample.RunAsync([ExampleFiles.DemoModel, "1KiB"], output, error));
        Assert.Contains("smallest", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StoryReader_OfTheGuide_HearsTokensAndOneLastWord()
    {
        using ActorSystem system = ActorSystem.Create("guide", "akka.loglevel = WARNING");
        await using StreamedModel model = await WasmChordExtension.Get(system).OpenModelAsync(ExampleFiles.DemoModel, new ModelOptions { Budget = BudgetSpec.Parse("2MiB") });
        using Inbox inbox = Inbox.Create(system);
        IActorRef reader = system.ActorOf(Props.Create(() => new StoryReader(model.Actor, inbox.Receiver)));
        reader.Tell("Once upon a time");
        int tokens = 0;
        object message;
        while ((message = await inbox.ReceiveAsync(TimeSpan.FromSeconds(60))) is TokenGenerated) tokens++;
        GenerationCompleted completed = Assert.IsType<GenerationCompleted>(message);
        Assert.Equal(completed.Usage.GeneratedTokens, tokens);
        Assert.InRange(tokens, 1, 5);
    }

    [GeneratedRegex(@"(\d+) tokens in (\d+) waves")]
    private static partial Regex Totals();
}
