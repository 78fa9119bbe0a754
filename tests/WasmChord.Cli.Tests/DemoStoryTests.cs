using System.Text.Json;
using WasmChord.Gguf;
using WasmChord.Training.Stories;

namespace WasmChord.Cli.Tests;

/// <summary>What a fresh clone does without a model: the tool's own tells stories, in less memory than it takes.</summary>
public sealed class DemoStoryTests
{
    [Fact]
    public async Task Generate_WithoutAModel_TellsStoriesWithinLessThanTheModel()
    {
        long tensorBytes;
        using (GgufModel model = await GgufModel.OpenAsync(DemoModel.Materialize())) tensorBytes = model.Tensors.Sum(tensor => tensor.ByteLength);
        StoryChecker checker = new(StoryGrammar.Default);
        string[] prompts = ["Once upon a time", .. HeldOutPrompts.Take(4)];
        List<string> refused = [];
        foreach (string prompt in prompts)
        {
            JsonElement json = (await ToolRun.DoneAsync("generate", "--prompt", prompt, "--temp", "0", "--budget", "2MiB", "--json")).Json;
            long budget = json.GetProperty("budget_bytes").GetInt64();
            Assert.Equal(2 << 20, budget);
            Assert.True(budget < tensorBytes, $"the model takes {tensorBytes} bytes");
            Assert.InRange(json.GetProperty("peak_resident_bytes").GetInt64(), budget / 2, budget);
            Assert.True(json.GetProperty("bytes_read_per_token").GetDouble() > 0, "what is not resident is read for every token");
            StoryVerdict verdict = checker.Check(prompt + json.GetProperty("text").GetString());
            if (verdict.IsAccepted) Assert.Equal("end_of_text", json.GetProperty("stop_reason").GetString());
            else refused.Add(verdict.Message);
        }

        // How often in a hundred is measured elsewhere; most of few must be stories in any case.
        Assert.True(refused.Count <= 2, string.Join('\n', refused));
    }

    [Fact]
    public async Task Generate_WithoutAnything_BeginsAsStoriesDo()
    {
        ToolRun run = await ToolRun.DoneAsync("generate", "--temp", "0", "--max-tokens", "12");
        Assert.StartsWith("Once upon a time", run.Standard, StringComparison.Ordinal);
        Assert.True(run.Standard.Split(' ').Length > 6, run.Standard);
    }
}
