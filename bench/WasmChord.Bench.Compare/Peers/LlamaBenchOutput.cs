using System.Text.Json;
using WasmChord.Bench.Figures;

namespace WasmChord.Bench.Compare;

/// <summary>
/// The output of <c>llama-bench -o json</c>: an array of tests, each with <c>n_prompt</c>, <c>n_gen</c> and the rate of
/// each run in <c>samples_ts</c>, as the tool's README describes it.
/// </summary>
internal static class LlamaBenchOutput
{
    /// <summary>The median rate of the test with so many tokens of prompt and of generation, in tokens per second.</summary>
    /// <exception cref="OutputFormatException">The text is no such array, or the test is not in it.</exception>
    public static Reading Read(string json, int promptTokens, int newTokens) => Parse(json, tests =>
    {
        foreach (JsonElement test in tests.EnumerateArray())
        {
            if (test.GetProperty("n_prompt").GetInt32() == promptTokens && test.GetProperty("n_gen").GetInt32() == newTokens)
                return new Reading(new Series(test.GetProperty("samples_ts").EnumerateArray().Select(v => v.GetDouble())).Median);
        }
        throw new OutputFormatException($"llama-bench reports no test of {promptTokens} and {newTokens} tokens");
    });

    /// <summary>How the peer calls its own build: number and commit; null where it does not say.</summary>
    /// <exception cref="OutputFormatException">The text is no such array.</exception>
    public static string? Build(string json) => Parse(json, tests =>
    {
        foreach (JsonElement test in tests.EnumerateArray())
            if (test.TryGetProperty("build_commit", out JsonElement commit) && test.TryGetProperty("build_number", out JsonElement number)) return $"{number} ({commit})";
        return null;
    });

    private static T Parse<T>(string json, Func<JsonElement, T> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return read(document.RootElement);
        }
        // An empty list of samples is an argument that a series refuses.
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or ArgumentException)
        {
            throw new OutputFormatException($"llama-bench's output is not the array of tests it should be: {e.Message}", e);
        }
    }
}
