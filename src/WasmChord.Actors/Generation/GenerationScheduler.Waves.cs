using Akka.Actor;
using Akka.Event;
using WasmChord.Inference;
using static WasmChord.Actors.GenerationProtocol;

namespace WasmChord.Actors;

/// <content>Waves: who takes part, the memory that it takes, and what comes of it.</content>
internal sealed partial class GenerationScheduler
{
    private readonly List<GenerationRequest> _inWave = [];
    private readonly List<GenerationRequest> _ready = [];
    private WaveWish[] _wishes = [];
    private int[] _positions = [];
    private WaveJob? _job;
    private readonly WaveCounters _counters = new();
    private int _retries;

    private bool IsDrafting => _settings.Drafting == DraftingMode.On || (_settings.Drafting == DraftingMode.Auto && _counters.ReadShare >= _settings.DraftReadShare);

    private void StartWave()
    {
        if (MustResizeScratch())
        {
            DropScratch(rests: false);
            return;
        }

        Admit();
        _ready.Clear();
        foreach (GenerationRequest request in _active)
            if (!request.IsPaused) _ready.Add(request);
        if (_ready.Count == 0)
        {
            if (_active.Count == 0) BecomeIdle();
            return;
        }

        if (_ready.Count > _bounds.Sequences)
        {
            // The budget has shrunk to waves for fewer than were let in: they take turns, whoever waited longest first.
            _ready.Sort(static (a, b) => a.WavesWaited != b.WavesWaited ? b.WavesWaited.CompareTo(a.WavesWaited) : a.Arrival.CompareTo(b.Arrival));
            _ready.RemoveRange(_bounds.Sequences, _ready.Count - _bounds.Sequences);
        }

        Divide();
        long missing = 0;
        foreach (GenerationRequest request in _ready)
        {
            KvSequence sequence = request.Sequence!;
            int positions = sequence.Length + request.Share.Count + request.Share.MostDrafts;
            if (!sequence.TryGrow(positions)) missing += (Runtime.Kv.PagesFor(positions) * Runtime.Kv.PageBytes) - sequence.HeldBytes;
        }

        if (missing > 0) ReserveKv(missing - (_kvBytes - Runtime.Kv.UsedBytes));
        else Run();
    }

    private void Divide()
    {
        int count = _ready.Count;
        if (_wishes.Length < count) (_wishes, _positions) = (new WaveWish[2 * count], new int[2 * count]);
        bool drafting = IsDrafting;
        for (int i = 0; i < count; i++)
        {
            GenerationRequest r = _ready[i];
            _wishes[i] = new WaveWish(r.ReadyCount, drafting ? MostDrafts(r) : 0, r.GeneratedCount > 0, r.Options.LogitsOfPrompt, r.Options.Priority);
        }

        WavePlanner.Divide(_wishes.AsSpan(0, count), _bounds, _positions);
        for (int i = 0; i < count; i++)
        {
            int known = Math.Min(_positions[i], _wishes[i].Ready);
            _ready[i].Share.Begin(known, _positions[i] - known);
        }
    }

    // Every draft that proves right is a token more: never more than may still come, or than the reader has room for.
    private int MostDrafts(GenerationRequest request)
    {
        if (request.GeneratedCount == 0) return 0;
        int most = request.MaxTokens - request.GeneratedCount - 1;
        if (request.Options.OutputWindow is { } window) most = Math.Min(most, window - request.TokensUnderWay - 1);
        return most <= 0 ? 0 : Math.Min(most, request.Writer!.NextDrafts());
    }

    private void ReserveKv(long missing)
    {
        long page = Runtime.Kv.PageBytes;
        missing = Math.Max(page, missing);
        // A few pages more, as far as somebody may come to need them: the weights' cache gives way less often.
        long ahead = Math.Clamp(CommittedKvBytes + _sessions.Bytes - _kvBytes - missing, 0, _settings.KvReservePages * page);
        Reserve(MemoryUse.KvCache, missing + ahead, Granted, _ => Reserve(MemoryUse.KvCache, missing, Granted, Refused));

        void Granted()
        {
            Runtime.Kv.LimitBytes = _kvBytes;
            Advance();
        }

        void Refused(string why)
        {
            if (_sessions.TryForgetOldest())
            {
                TrimKv();
            }
            else if (_active.Count > 0) // Whoever it was for may have ended meanwhile.
            {
                // The budget was made smaller after it had been let in: the latest makes room for those before it.
                GenerationRequest last = _active[^1];
                _log.Warning("{0}: request {1} gives way: {2}", _services.Path, last.Id, why);
                Fail(last, GenerationFault.MemoryUnavailable, why);
                TrimKv();
            }

            Advance();
        }
    }

    private void Run()
    {
        TimeSpan now = Now;
        if (_job is null || _job.IsCancelled)
        {
            _job?.Dispose();
            _job = new WaveJob(Runtime.Pass!, _source, _services);
        }

        _job.Shares.Clear();
        foreach (GenerationRequest request in _active) request.WavesWaited += request.IsPaused ? 0 : 1;
        foreach (GenerationRequest request in _ready)
        {
            request.IsInWave = true;
            request.FirstWaveAt ??= now;
            request.MostWavesWaited = Math.Max(request.MostWavesWaited, request.WavesWaited - 1);
            request.WavesWaited = 0;
            _inWave.Add(request);
            _job.Shares.Add(request.Share);
        }

        _isBusy = true;
        _thread.Post(_job.Run, Self);
    }

    private void CancelWave()
    {
        if (_inWave.Count > 0) _job!.Cancel();
    }

    private void OnWaveEnded(WaveJob.WaveEnded m)
    {
        // The last wave of a scheduler before this one: its requests were answered then, and are disposed on its thread.
        if (m.Job != _job) return;
        _isBusy = false;
        foreach (GenerationRequest request in _inWave) request.IsInWave = false;
        _inWave.Clear();
        _counters.Count(m);
        bool isAbandoned = m.Failure is OperationCanceledException;
        if (m.Failure is null) _retries = 0;
        bool isRetried = m.WasInterrupted && _retries < _settings.WaveRetries;
        if (isRetried)
        {
            _retries++;
            _counters.RetriedWaves++;
            _log.Warning("{0}: a wave was interrupted and is run again: {1}", _services.Path, m.Failure!.Message);
        }
        else if (m.Failure is not null && !isAbandoned)
        {
            _retries = 0;
            _counters.FailedWaves++;
            _log.Error(m.Failure, "{0}: a wave of {1} sequences failed", _services.Path, m.Job.Shares.Count);
        }

        foreach (WaveShare share in m.Job.Shares) Deliver(share, m, isRetried || isAbandoned);
        TrimKv();
        Advance();
    }

    private void Deliver(WaveShare share, WaveJob.WaveEnded wave, bool goesOn)
    {
        GenerationRequest request = share.Request;
        if (!_requests.ContainsKey(request.Id))
        {
            // It was answered when the model began to close.
            request.Sequence?.Dispose();
            request.Processor?.Dispose();
            return;
        }

        request.Waves++;
        request.DraftedTokens += wave.Failure is null ? share.Drafted : 0;
        request.AcceptedTokens += share.Accepted;
        request.BytesRead += wave.BytesRead;
        if (share.Written.Count > 0)
        {
            request.LastTokenAt = Now;
            request.FirstTokenAt ??= request.LastTokenAt;
            request.TokensUnderWay += share.Written.Count;
            if (!request.IsAbandoned)
                foreach (GeneratedToken token in share.Written) request.Requester.Tell(new TokenGenerated(request.Id, token));
        }

        if (share.End is { } end) Complete(request, end, "");
        // Whoever has cancelled, or let the deadline pass, hears of that, whatever else befell the wave.
        else if (request.EndWanted is { } wanted) Complete(request, wanted, request.Writer!.Flush());
        else if (wave.Failure is not null && !goesOn) Fail(request, FaultOf(wave.Failure), wave.Failure.Message);
        else if (share.Failure is not null) Fail(request, FaultOf(share.Failure), share.Failure.Message);
    }

    private static GenerationFault FaultOf(Exception failure) => failure switch
    {
        WeightsUnavailableException => GenerationFault.WeightsUnavailable,
        LogitsProcessorFailedException => GenerationFault.LogitsProcessor,
        InferenceException { Error: InferenceError.NotFinite } => GenerationFault.NotFinite,
        _ => GenerationFault.Internal,
    };

    private GenerationStatistics Statistics() => _counters.Snapshot() with
    {
        ActiveSequences = _active.Count,
        PausedSequences = _active.Count(r => r.IsPaused),
        QueuedRequests = _requests.Count - _active.Count,
        IdleSessions = _sessions.Count,
        KvUsedBytes = _runtime?.Kv.UsedBytes ?? 0,
        KvCommittedBytes = CommittedKvBytes,
        WavePositions = _bounds.Positions,
        Memory = _services.Memory.Snapshot(),
    };
}
