using System.Text.Json;

namespace WasmChord.Bench.Compare;

/// <summary>What <c>wasmchord bench --json</c> and <c>wasmchord generate --json</c> report.</summary>
internal static class ToolOutput
{
    /// <summary>One test of <c>bench</c>, such as <c>pp64</c> or <c>tg16</c>.</summary>
    /// <exception cref="OutputFormatException">The text is no such report, or the test is not in it.</exception>
    public static Reading Bench(string json, string test) => Parse(json, root =>
    {
        foreach (JsonElement entry in root.GetProperty("tests").EnumerateArray())
        {
            if (entry.GetProperty("test").GetString() == test)
                return new Reading(entry.GetProperty("median_tokens_per_second").GetDouble(), entry.GetProperty("bytes_read_per_token").GetDouble());
        }
        throw new OutputFormatException($"wasmchord bench reports no {test}");
    });

    /// <summary>The rate of generating after a prompt, and how long that prompt was in tokens.</summary>
    /// <exception cref="OutputFormatException">The text is no such report.</exception>
    public static (Reading Decode, int PromptTokens) Generate(string json) => Parse(json, root => (
        new Reading(root.GetProperty("decode_tokens_per_second").GetDouble(), root.GetProperty("bytes_read_per_token").GetDouble()),
        root.GetProperty("prompt_tokens").GetInt32()));

    private static T Parse<T>(string json, Func<JsonElement, T> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new OutputFormatException($"wasmchord's output is not the report it should be: {e.Message}", e);
        }
    }
}
