using System.Globalization;
using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>What <c>bench</c> measured.</summary>
/// <param name="Model">The file.</param>
/// <param name="TensorBytes">Bytes of its tensors.</param>
/// <param name="Cancelled">True where a signal ended it: a test has the runs until then, or is absent.</param>
/// <param name="Tests">One entry a test.</param>
internal sealed record BenchReport(string Model, long TensorBytes, bool Cancelled, IReadOnlyList<BenchResult> Tests) : IReport
{
    /// <inheritdoc/>
    public void WriteText(TextWriter text)
    {
        text.WriteLine($"{Model}, {ByteSize.Format(TensorBytes)}");
        text.WriteLine($"{"test",-8} {"tokens/s",18} {"median",9} {"threads",8} {"parallel",9} {"budget",11} {"read/token",11} {"read/wave",11} {"resident",11} {"process",11}");
        foreach (BenchResult r in Tests)
        {
            text.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{r.Test,-8} {r.TokensPerSecond,10:0.00} ± {r.Deviation,5:0.00} {r.MedianTokensPerSecond,9:0.00} {r.Threads,8} {r.Parallel,9} {ByteSize.Format(r.BudgetBytes),11} {ByteSize.Format((long)r.BytesReadPerToken),11} {ByteSize.Format((long)r.BytesReadPerWave),11} {ByteSize.Format(r.PeakResidentBytes),11} {ByteSize.Format(r.ProcessPeakPrivateBytes),11}"));
        }

        if (Cancelled) text.WriteLine("stopped by a signal: only runs that were through are counted");
    }
}
