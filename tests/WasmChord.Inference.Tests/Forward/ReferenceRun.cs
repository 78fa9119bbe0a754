using System.Runtime.InteropServices;
using System.Text.Json;
using WasmChord.TestData;

namespace WasmChord.Inference.Tests;

/// <summary>A prompt with the tokens that follow it greedily, and the logits after every token, from the reference.</summary>
internal sealed record ReferenceRun(TokenId[] Prompt, TokenId[] Greedy, float[] Logits)
{
    public TokenId[] Fed(int vocabulary) => [.. Prompt.Concat(Greedy).Take(Logits.Length / vocabulary)];

    public static ReferenceRun Load(string name)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(SharedTestData.Require($"reference/{name}.greedy.json")));
        byte[] logits = File.ReadAllBytes(SharedTestData.Require($"reference/{name}.logits.f32.bin"));
        return new ReferenceRun(Ids("prompt_ids"), Ids("greedy_ids"), MemoryMarshal.Cast<byte, float>(logits).ToArray());

        TokenId[] Ids(string key) => [.. json.RootElement.GetProperty(key).EnumerateArray().Select(e => new TokenId(e.GetInt32()))];
    }
}
