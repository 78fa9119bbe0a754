using System.Text.Json;
using WasmChord.Inference;
using WasmChord.Memory64;
using WasmChord.TestData;
using static WasmChord.Actors.GenerationProtocol;

namespace WasmChord.Actors.Tests;

public sealed class GenerationTests : EngineTestKit
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [SkippableTheory]
    [InlineData("auto")]
    [InlineData("1200KiB")]
    public async Task Generate_Stories_GivesTheReferencesTokens(string budget)
    {
        string path = SharedTestData.Require("models/stories260K.gguf");
        using JsonDocument reference = JsonDocument.Parse(File.ReadAllText(SharedTestData.Require("reference/stories260K.p1.greedy.json")));
        await using StreamedModel model = await Extension.OpenModelAsync(path, new ModelOptions { Budget = BudgetSpec.Parse(budget), ResidentThresholdBytes = 0 });
        TokenId[] prompt = [.. reference.RootElement.GetProperty("prompt_ids").EnumerateArray().Select(e => new TokenId(e.GetInt32()))];
        GenerationId id = GenerationId.New();
        model.Actor.Tell(new Generate(id, GenerationPrompt.FromTokens(prompt), new GenerationOptions { MaxTokens = 20 }), TestActor);
        object m;
        List<int> ids = [];
        while ((m = ReceiveOne(s_patience)) is TokenGenerated t) ids.Add(t.Token.Token.Value);
        Assert.IsType<GenerationCompleted>(m);
        throw new Exception(m + string.Join(",", ids) + reference.RootElement.GetRawText()[..300]);
    }
}
