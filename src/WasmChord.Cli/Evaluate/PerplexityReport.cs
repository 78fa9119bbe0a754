using System.Globalization;
using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>What <c>perplexity</c> measured.</summary>
/// <param name="Perplexity">The exponential of the mean surprise.</param>
/// <param name="Error">Its standard error.</param>
/// <param name="Tokens">Tokens of the text.</param>
/// <param name="Chunks">Chunks computed.</param>
/// <param name="ChunkSize">Tokens of a chunk.</param>
/// <param name="CountedTokens">Tokens whose surprise was counted.</param>
/// <param name="BudgetBytes">The budget.</param>
/// <param name="PeakResidentBytes">The most that weights filled and generation had reserved.</param>
internal sealed record PerplexityReport(
    double Perplexity, double Error, int Tokens, int Chunks, int ChunkSize, int CountedTokens, long BudgetBytes, long PeakResidentBytes) : IReport
{
    /// <inheritdoc/>
    public void WriteText(TextWriter text) => text.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"perplexity {Perplexity:0.0000} ± {Error:0.0000} over {CountedTokens} tokens of {Chunks} chunks of {ChunkSize}; peak resident {ByteSize.Format(PeakResidentBytes)} of {ByteSize.Format(BudgetBytes)}"));
}
