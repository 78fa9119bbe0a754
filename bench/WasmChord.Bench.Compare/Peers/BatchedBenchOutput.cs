using System.Text.Json;

namespace WasmChord.Bench.Compare;

/// <summary>
/// The output of <c>llama-batched-bench --output-format jsonl</c>: one object a line, of which <c>pl</c> is the number of
/// sequences and <c>speed_tg</c> the tokens per second of all of them together; other lines are messages.
/// </summary>
internal static class BatchedBenchOutput
{
    /// <summary>The aggregate rate of generation with so many sequences.</summary>
    /// <exception cref="OutputFormatException">No line reports it.</exception>
    public static Reading Read(string text, int sequences)
    {
        foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries))
        {
            if (!line.StartsWith('{')) continue;
            try
            {
                using JsonDocument document = JsonDocument.Parse(line);
                if (document.RootElement.TryGetProperty("pl", out JsonElement count) && count.GetInt32() == sequences)
                    return new Reading(document.RootElement.GetProperty("speed_tg").GetDouble());
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
            {
                throw new OutputFormatException($"llama-batched-bench wrote '{line}': {e.Message}", e);
            }
        }
        throw new OutputFormatException($"llama-batched-bench reports no run of {sequences} sequences");
    }
}
