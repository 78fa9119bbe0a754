using System.Text.Json;
using System.Text.Json.Serialization;

namespace WasmChord.Bench.Compare;

/// <summary>Writes reports as JSON: everything that was measured, round by round.</summary>
internal static class ReportJson
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>A comparison.</summary>
    public static string Of(ComparisonReport report) => JsonSerializer.Serialize(
        new
        {
            report.Command,
            report.Machine,
            report.Limiter,
            report.Model,
            report.FileBytes,
            report.WaveBytes,
            Cases = report.Cases.Select(c => new
            {
                c.Case.Name,
                c.Case.Unit,
                c.Case.LimitBytes,
                c.Case.BudgetBytes,
                c.Case.Users,
                c.Case.BusyCount,
                StorageBytesPerSecond = c.StorageRates,
                Trials = c.Trials.Select(t => new { t.Contestant, t.Command, Median = t.Values()?.Median, Advantage = t.Contestant == Trial.Ours ? null : c.Advantage(t.Contestant), t.Samples }),
            }),
        },
        s_options);

    /// <summary>Anything else that consists of numbers, texts and lists.</summary>
    public static string Of(object value) => JsonSerializer.Serialize(value, s_options);
}
