using System.Globalization;
using WasmChord.Bench.Io;
using WasmChord.Memory64;

namespace WasmChord.Bench.Compare;

/// <summary>
/// Runs cases. Within a case the contestants take turns, a round after another, so that what slows the machine for a
/// while slows them alike.
/// </summary>
/// <param name="model">The file that is dropped from the page cache where a case starts cold.</param>
/// <param name="limiter">Limits memory.</param>
/// <param name="storage">Measures storage between rounds of limited cases.</param>
/// <param name="rounds">How often each contestant runs a case.</param>
/// <param name="timeout">The longest that one process may take.</param>
/// <param name="log">Tells what is going on.</param>
internal sealed class Comparison(string model, MemoryLimiter limiter, StorageProbe storage, int rounds, TimeSpan timeout, TextWriter log)
{
    /// <summary>Runs one case.</summary>
    public async Task<CaseResult> RunAsync(ComparisonCase test, CancellationToken cancellationToken)
    {
        List<TrialSample>[] samples = [.. test.Trials.Select(_ => new List<TrialSample>())];
        List<double> rates = [];
        for (int round = 0; round < rounds; round++)
        {
            if (test.LimitBytes is not null) rates.Add(storage.Measure());
            for (int i = 0; i < test.Trials.Count; i++)
            {
                // What was killed once is killed again, and takes long to be so.
                if (samples[i].Any(s => s.Failure is not null)) continue;
                TrialSample sample = await RunAsync(test, test.Trials[i], cancellationToken).ConfigureAwait(false);
                samples[i].Add(sample);
                log.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{test.Name}, round {round + 1}: {test.Trials[i].Contestant} {sample.Failure ?? $"{sample.Value:0.###}"} in {sample.Seconds:0.0} s, peak {ByteSize.Format(sample.PeakPrivateBytes)} private, {ByteSize.Format(sample.PeakResidentBytes)} resident"));
            }
        }
        return new CaseResult(test, [.. test.Trials.Select((t, i) => new TrialResult(t.Contestant, t.Command.ToString(), samples[i]))], rates);
    }

    private async Task<TrialSample> RunAsync(ComparisonCase test, Trial trial, CancellationToken cancellationToken)
    {
        if (test.LimitBytes is not null && !limiter.CanLimit && trial.Contestant != Trial.Ours) return new TrialSample { Failure = "cannot be limited here" };
        if (test.StartsCold) FilePageCache.TryDrop(model);
        using BusyProcesses busy = new(test.BusyCount);
        using IMemoryGroup group = limiter.Open(test.LimitBytes);
        ProcessOutcome outcome = await ProcessRunner.RunAsync(trial.Command, group, timeout, cancellationToken).ConfigureAwait(false);
        TrialSample sample = new()
        {
            Seconds = outcome.Seconds,
            PeakResidentBytes = outcome.PeakResidentBytes,
            PeakPrivateBytes = outcome.PeakPrivateBytes,
            GroupPeakBytes = outcome.GroupPeakBytes,
            StorageBytes = outcome.StorageBytes,
            Failure = outcome.Failure,
        };
        if (outcome.Failure is not null)
        {
            log.WriteLine(outcome.Errors.Length > 1000 ? outcome.Errors[^1000..] : outcome.Errors);
            return sample;
        }
        try
        {
            Reading reading = trial.Read(outcome);
            return sample with { Value = reading.Value, BytesPerToken = reading.BytesPerToken };
        }
        catch (OutputFormatException e)
        {
            log.WriteLine(e.Message);
            return sample with { Failure = "unreadable output" };
        }
    }
}
