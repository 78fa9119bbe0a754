using System.Diagnostics;
using Akka.Actor;
using WasmChord.Actors;
using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>The timed part of <c>stream</c>: starts the requesters and waits until all are done, one fails, or a signal ends it.</summary>
internal sealed class StreamRun
{
    private readonly StreamedModel _model;
    private readonly RequesterPlan[] _plans;
    private long _startTimestamp;

    public StreamRun(StreamedModel model, int requests, int passes, VisitOrder order, int seed)
    {
        _model = model;
        int layers = model.Description.Layers.Count, segments = model.Description.Layout.Segments.Count;
        _plans = [.. Enumerable.Range(0, requests).Select(i => new RequesterPlan(i, model, passes, order, seed))];
        Records = [.. _plans.Select(_ => new RequesterRecord(segments, (long)layers * passes))];
        TotalVisits = (long)layers * passes * requests;
    }

    /// <summary>What the requesters have seen.</summary>
    public IReadOnlyList<RequesterRecord> Records { get; }

    /// <summary>Visits until all are done.</summary>
    public long TotalVisits { get; }

    /// <summary>How long it took, in seconds.</summary>
    public double Seconds { get; private set; }

    /// <summary>
    /// Bytes read ÷ time, in 10⁹ bytes per second, from when the first requester had ended its first pass; null where none
    /// did. Known once the run has been reported.
    /// </summary>
    public double? LaterRate { get; private set; }

    /// <summary>True where a signal ended it.</summary>
    public bool IsCancelled { get; private set; }

    /// <summary>Runs the requesters.</summary>
    /// <exception cref="Exception">A requester failed; the others are stopped.</exception>
    public async Task RunAsync(ActorSystem system, ToolOutput output, MemorySampler memory, CancellationToken cancellationToken)
    {
        long start = Stopwatch.GetTimestamp();
        _startTimestamp = start;
        List<IActorRef> actors = [];
        List<Task> done = [];
        for (int i = 0; i < _plans.Length; i++)
        {
            TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
            actors.Add(system.ActorOf(Requester.Props(_plans[i], Records[i], completion), $"requester-{i}"));
            done.Add(completion.Task);
        }

        Task running = EndAsync(done, cancellationToken);
        try
        {
            await LiveView.ShowAsync(output, _model, Records, TotalVisits, memory, running).ConfigureAwait(false);
            await running.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            IsCancelled = true;
        }
        finally
        {
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            // A stopped requester lets go of its lease when the read that is under way ends.
            foreach (IActorRef actor in actors)
                await actor.GracefulStop(TimeSpan.FromSeconds(10)).ConfigureAwait(false);
        }
    }

    /// <summary>What the run came to; memory and times of opening are the command's to add.</summary>
    public StreamReport Report(CacheStatistics cache, ModelSettings settings)
    {
        ModelDescription model = _model.Description;
        (long Timestamp, long BytesRead)? firstPass = Records.Select(r => r.FirstPass).Where(p => p is not null).MinBy(p => p!.Value.Timestamp);
        double laterSeconds = firstPass is { } pass ? Seconds - Stopwatch.GetElapsedTime(_startTimestamp, pass.Timestamp).TotalSeconds : 0;
        LaterRate = laterSeconds > 0 ? (cache.BytesRead - firstPass!.Value.BytesRead) / laterSeconds / 1e9 : null;
        LayerVisit[] visits = [.. Records.SelectMany(r => r.Visits)];
        return new StreamReport
        {
            Layers = model.Layers.Count,
            Segments = model.Layout.Segments.Count,
            Requests = _plans.Length,
            Passes = _plans[0].Passes,
            Policy = settings.Policy.ToString().ToLowerInvariant(),
            Format = settings.Image.Format.ToString().ToLowerInvariant(),
            Order = _plans[0].Order.ToString().ToLowerInvariant(),
            Mode = model.Residency.Mode.ToString().ToLowerInvariant(),
            ModeReason = model.Residency.Why,
            Storage = model.StorageDecisions,
            TensorBytes = model.TensorBytes,
            BudgetBytes = model.BudgetBytes,
            BufferBytes = model.BufferBytes,
            Hits = cache.Hits,
            Misses = cache.Misses,
            Joins = cache.Joins,
            HitRatio = Math.Round(cache.HitRatio, 6),
            Evictions = cache.Evictions,
            PrefetchHits = cache.PrefetchHits,
            Waits = cache.Waits,
            BytesRead = cache.BytesRead,
            BytesServed = Records.Sum(r => r.ServedBytes),
            Seconds = Math.Round(Seconds, 4),
            GigabytesPerSecond = Math.Round(cache.BytesRead / Seconds / 1e9, 4),
            LayerMs = LatencySummary.Of([.. visits.Select(v => v.Milliseconds)]),
            HitLayerMs = LatencySummary.Of([.. visits.Where(v => v.WasResident).Select(v => v.Milliseconds)]),
            MissLayerMs = LatencySummary.Of([.. visits.Where(v => !v.WasResident).Select(v => v.Milliseconds)]),
            FirstLayerMs = LatencySummary.Of([.. visits.Where(v => !v.WasResident && v.IsFirst).Select(v => v.Milliseconds)]),
            EvictedLayerMs = LatencySummary.Of([.. visits.Where(v => !v.WasResident && !v.IsFirst).Select(v => v.Milliseconds)]),
            LaterGigabytesPerSecond = LaterRate is { } rate ? Math.Round(rate, 4) : null,
            PerLayer = [.. visits.GroupBy(v => v.Layer).OrderBy(g => g.Key).Select(Describe)],
            VerifiedSegments = IsCancelled ? 0 : Records.Sum(r => r.Reads),
            Cancelled = IsCancelled,
        };
    }

    private LayerReport Describe(IGrouping<int, LayerVisit> visits)
    {
        LayerId layer = _model.Description.Layers[visits.Key];
        LatencySummary ms = LatencySummary.Of([.. visits.Select(v => v.Milliseconds)]);
        long bytes = 0;
        foreach (Segment segment in _model.Description.Layout.Segments.Of(layer)) bytes += segment.ByteLength;
        int hits = visits.Count(v => v.WasResident);
        return new LayerReport(layer.ToString(), bytes, hits, ms.Count - hits, ms.P50, ms.Max, visits.Any(v => v.InParts));
    }

    // Ends with the first failure: the others would wait for nothing.
    private static async Task EndAsync(List<Task> done, CancellationToken cancellationToken)
    {
        while (done.Count > 0)
        {
            Task first = await Task.WhenAny(done).WaitAsync(cancellationToken).ConfigureAwait(false);
            done.Remove(first);
            await first.ConfigureAwait(false);
        }
    }
}
