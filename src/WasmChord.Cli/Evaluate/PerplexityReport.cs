using System.Globalization;
using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>What <c>perplexity</c> measured.</summary>
/// <param name="Perplexity">The exponential of the mean surprise.</param>
/// <param name="Error">Its standard error.</param>
/// <param name="Tokens">Tokens of the text.</param>
/// <param name="Chunks">Chunks computed.</param>
/// <param name="WantedChunks">Chunks that there were to compute.</param>
/// <param name="ChunkSize">Tokens of a chunk.</param>
/// <param name="CountedTokens">Tokens whose surprise was counted.</param>
/// <param name="BudgetBytes">The budget.</param>
/// <param name="PeakResidentBytes">The most that weights filled and generation had reserved together.</param>
/// <param name="Cancelled">True where a signal ended it: the figures are those of the chunks until then.</param>
internal sealed record PerplexityReport(
    double Perplexity, double Error, int Tokens, int Chunks, int WantedChunks, int ChunkSize, int CountedTokens, long BudgetBytes, long PeakResidentBytes, bool Cancelled) : IReport
{
    /// <inheritdoc/>
    public void WriteText(TextWriter text) => text.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"perplexity {Perplexity:0.0000} ± {Error:0.0000} over {CountedTokens} tokens of {Chunks} chunks of {ChunkSize}{(Cancelled ? $" (stopped by a signal: {WantedChunks} were wanted)" : "")}; peak resident {ByteSize.Format(PeakResidentBytes)} of {ByteSize.Format(BudgetBytes)}"));
}
