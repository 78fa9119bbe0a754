using System.Globalization;
using System.Text.Json.Serialization;
using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>What <c>generate</c> made, and what it took. Sizes are bytes.</summary>
internal sealed record GenerateReport : IReport
{
    public required string Text { get; init; }

    /// <summary>Tokens generated, the one that ends the text included.</summary>
    public required int Tokens { get; init; }

    public required IReadOnlyList<int> TokenIds { get; init; }

    public required int PromptTokens { get; init; }

    /// <summary>Those of them that an earlier turn had computed.</summary>
    public int ReusedTokens { get; init; }

    /// <summary><c>end_of_text</c>, <c>max_tokens</c>, <c>stop_string</c>, <c>context_full</c>, <c>cancelled</c> or <c>deadline</c>.</summary>
    public required string StopReason { get; init; }

    public required ulong Seed { get; init; }

    public required double PrefillTokensPerSecond { get; init; }

    public required double DecodeTokensPerSecond { get; init; }

    /// <summary>Bytes that storage delivered while tokens were generated ÷ tokens, the first excepted: it belongs to the prompt.</summary>
    public required double BytesReadPerToken { get; init; }

    public required long BytesRead { get; init; }

    public required double HitRatio { get; init; }

    public required int DraftedTokens { get; init; }

    public required int AcceptedTokens { get; init; }

    public required long BudgetBytes { get; init; }

    public required long PeakResidentBytes { get; init; }

    public required long IdlePrivateBytes { get; init; }

    public required long ProcessPeakPrivateBytes { get; init; }

    public required double OpenMs { get; init; }

    /// <summary>The text was written as it came; what is left is a line on standard error.</summary>
    public void WriteText(TextWriter text)
    {
    }

    /// <summary>The figures in one line.</summary>
    [JsonIgnore]
    public string Summary => string.Create(CultureInfo.InvariantCulture,
        $"{PromptTokens} prompt tokens{(ReusedTokens > 0 ? $" ({ReusedTokens} reused)" : "")} at {PrefillTokensPerSecond:0.0}/s, {Tokens} generated at {DecodeTokensPerSecond:0.0}/s ({StopReason}); "
        + $"{ByteSize.Format((long)BytesReadPerToken)} read per token, hit ratio {HitRatio:0.00}; budget {ByteSize.Format(BudgetBytes)}, peak resident {ByteSize.Format(PeakResidentBytes)}, process {ByteSize.Format(ProcessPeakPrivateBytes)} ({ByteSize.Format(IdlePrivateBytes)} idle); seed {Seed}");
}
