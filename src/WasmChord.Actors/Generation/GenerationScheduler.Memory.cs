using Akka.Actor;
using Akka.Event;
using WasmChord.Inference;

namespace WasmChord.Actors;

/// <content>What the scheduler holds of the model's budget, and the stages that follow from it.</content>
internal sealed partial class GenerationScheduler
{
    /// <summary>Positions that a wave has room for in any case, as far as memory goes.</summary>
    private const int LeastPositions = 16;

    /// <summary>Scratch memory shrinks when it is this many times what is wanted ...</summary>
    private const int ScratchSlack = 4;

    /// <summary>... for so many waves.</summary>
    private const int SmallWavesBeforeShrink = 8;

    private long _constantBytes;
    private long _scratchBytes;
    private long _kvBytes;
    private WaveBounds _bounds;
    private int _mostPositions = int.MaxValue; // what scratch memory had room for when more was wanted
    private int _smallWaves;
    private Reservation? _reservation;

    /// <summary>Most bytes of keys and values that there could be.</summary>
    private long MostKvBytes => _services.Memory.Snapshot().MostGenerationBytes - _constantBytes - _scratchBytes;

    private ModelRuntime Runtime => _runtime ?? throw new InvalidOperationException("the model is not open");

    private void Reserve(MemoryUse use, long bytes, Action granted, Action<string> refused)
    {
        _isBusy = true;
        _reservation = new Reservation(use, bytes, granted, refused);
        // What is kept from wave to wave may be the very memory that is asked for.
        _source.ReturnAll();
        Context.Parent.Tell(new ModelProtocol.ReserveMemory(use, bytes, _settings.MemoryTimeout));
    }

    private void OnReserved(ModelProtocol.MemoryReserved m)
    {
        if (_isClosing || _reservation is not { } reservation || !reservation.IsFor(m.Use, m.Bytes))
        {
            // Granted to a scheduler before this one, or too late.
            Context.Parent.Tell(new ModelProtocol.ReleaseMemory(m.Use, m.Bytes));
            return;
        }

        _reservation = null;
        _isBusy = false;
        Held(m.Use) += m.Bytes;
        reservation.Granted();
    }

    private void OnReserveRefused(ModelProtocol.MemoryRefused m)
    {
        if (_isClosing || _reservation is not { } reservation || !reservation.IsFor(m.Use, m.Bytes)) return;
        _reservation = null;
        _isBusy = false;
        reservation.Refused(m.Text);
    }

    private ref long Held(MemoryUse use)
    {
        if (use == MemoryUse.Constants) return ref _constantBytes;
        if (use == MemoryUse.Scratch) return ref _scratchBytes;
        return ref _kvBytes;
    }

    private void Release(MemoryUse use, long bytes)
    {
        if (bytes == 0) return;
        Held(use) -= bytes;
        Context.Parent.Tell(new ModelProtocol.ReleaseMemory(use, bytes));
    }

    private void Open()
    {
        if (_services.Layout.Options.Format != Memory64.ResidencyFormat.Raw)
        {
            RefuseAll(GenerationRefusal.ModelUnsupported, $"{_services.Path} is kept as {_services.Layout.Options.Format}: text needs format = raw");
            return;
        }

        Reserve(MemoryUse.Constants, ModelRuntime.MostConstantBytes(_services), OpenText, TooSmall);

        void OpenText()
        {
            _isBusy = true;
            WaveThread thread = _thread;
            ModelText.OpenAsync(_services.Model).PipeTo(Self, success: text => new TextOpened(thread, text), failure: e => new WaveThread.JobFailed(thread, e));
        }
    }

    private void OnTextOpened(TextOpened m)
    {
        if (m.Thread != _thread) return; // A scheduler before this one asked, and its thread is gone.
        ModelServices services = _services;
        ActorLayerSource source = _source;
        _thread.Post(() => new Opened(m.Thread, ModelRuntime.Open(services, m.Text, source)), Self);
    }

    private void OnOpened(Opened m)
    {
        if (m.Thread != _thread)
        {
            // Opened for a scheduler before this one, whose source of layers is gone.
            m.Runtime.Dispose();
            return;
        }

        _isBusy = false;
        _runtime = m.Runtime;
        if (_isClosing)
        {
            Advance();
            return;
        }

        _log.Info("{0}: {1} blocks, vocabulary {2}, context {3}; {4} bytes of vectors and vocabulary", _services.Path, m.Runtime.Model.Config.LayerCount,
            m.Runtime.Model.Config.VocabularySize, m.Runtime.Context, m.Runtime.ConstantBytes);
        Settle(Math.Max(1, m.Runtime.ConstantBytes) - _constantBytes);

        void Settle(long missing)
        {
            if (missing > 0)
            {
                Reserve(MemoryUse.Constants, missing, Begin, Refused);
                return;
            }

            Release(MemoryUse.Constants, -missing);
            Begin();
        }

        // Only now: whoever arrives while the last of the memory is awaited waits with the others.
        void Begin()
        {
            _stage = Stage.Open;
            PrepareWaiting();
        }

        void Refused(string why)
        {
            _runtime.Dispose();
            _runtime = null;
            Release(MemoryUse.Constants, _constantBytes);
            TooSmall(why);
        }
    }

    /// <summary>Chooses how many positions a wave may carry, reserves what that takes, and allocates it.</summary>
    private void PrepareScratch()
    {
        MemoryStatus memory = _services.Memory.Snapshot();
        long kv = Math.Max(_kvBytes, Runtime.Kv.PageBytes), most = memory.MostGenerationBytes - _constantBytes - kv;
        // What was promised to those who were let in is theirs, though they have not taken it yet: a larger wave does not take it.
        long spare = most - Math.Max(0, CommittedKvBytes - kv);
        long wanted = (long)((memory.MostGenerationBytes + memory.SmallestCacheBytes) * _settings.ScratchShare);
        int goal = PositionsWanted(), positions = goal;
        ForwardOptions options = Runtime.OptionsFor(positions, _settings);
        while (positions > 1 && Runtime.ScratchBytes(options) > Math.Min(wanted, spare)) options = Runtime.OptionsFor(positions /= 2, _settings);
        if (positions < goal) _mostPositions = positions;
        long bytes = Runtime.ScratchBytes(options);
        if (bytes > most)
        {
            TooSmall($"a wave of one position takes {bytes} bytes and a page of keys and values {Runtime.Kv.PageBytes}; {memory}");
            return;
        }

        Reserve(MemoryUse.Scratch, bytes, Post, TooSmall);

        void Post()
        {
            _isBusy = true;
            ModelRuntime runtime = Runtime;
            ActorLayerSource source = _source;
            WaveThread thread = _thread;
            thread.Post(() =>
            {
                runtime.PreparePass(source, options);
                return new Ready(thread, new WaveBounds(options.MaxPositions, Math.Min(_settings.SharedWavePositions, options.MaxPositions), options.MaxLogitRows));
            }, Self);
        }
    }

    private void OnReady(Ready m)
    {
        if (m.Thread != _thread) return;
        _isBusy = false;
        _bounds = m.Bounds;
        _stage = Stage.Ready;
        _log.Debug("{0}: waves of {1} positions ({2} while some sequence generates), {3} rows of logits; {4} bytes of scratch",
            _services.Path, m.Bounds.Positions, m.Bounds.SharedPositions, m.Bounds.LogitRows, _scratchBytes);
        Advance();
    }

    private void Rest()
    {
        if (_isBusy || _requests.Count > 0 || _stage != Stage.Ready) return;
        _mostPositions = int.MaxValue;
        DropScratch(rests: true);
    }

    private void DropScratch(bool rests)
    {
        _isBusy = true;
        _job?.Dispose(); // The pass that it runs is dropped.
        _job = null;
        ModelRuntime runtime = Runtime;
        ActorLayerSource source = _source;
        WaveThread thread = _thread;
        thread.Post(() =>
        {
            if (rests) source.Rest();
            runtime.DropPass();
            return new Rested(thread);
        }, Self);
    }

    /// <summary>Positions that the requests there are could fill a wave with: memory for more would only displace weights.</summary>
    private int PositionsWanted()
    {
        long ready = 0;
        foreach (GenerationRequest request in _requests.Values)
            ready += request.Sequence is null ? Math.Max(1, request.PromptCount) : request.ReadyCount + (_settings.Drafting == DraftingMode.Off ? 0 : _settings.DraftTokens);
        ready = Math.Clamp(ready, LeastPositions, 1 << 20);
        int wanted = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)ready);
        return Math.Min(wanted, Math.Min(_settings.WavePositions, _mostPositions));
    }

    /// <summary>Whether scratch memory is to be had anew: more for a long prompt, or less when the prompts are through.</summary>
    private bool MustResizeScratch()
    {
        int wanted = PositionsWanted();
        _smallWaves = wanted * ScratchSlack <= _bounds.Positions && !_source.IsWhole ? _smallWaves + 1 : 0;
        if (wanted <= _bounds.Positions && _smallWaves < SmallWavesBeforeShrink) return false;
        _smallWaves = 0;
        return true;
    }

    private void OnRested(Rested m)
    {
        if (m.Thread != _thread) return;
        _isBusy = false;
        _stage = Stage.Open;
        Release(MemoryUse.Scratch, _scratchBytes);
        Advance();
    }

    private void OnJobFailed(WaveThread.JobFailed m)
    {
        if (m.Thread != _thread) return;
        // Only opening and preparing throw: a wave's failure is part of its result.
        _isBusy = false;
        // A model that cannot be run is an answer to whoever asked; anything else is a fault of the engine's.
        if (m.Cause is InferenceException or WeightsUnavailableException) _log.Info("{0} cannot generate: {1}", _services.Path, m.Cause.Message);
        else _log.Error(m.Cause, "{0} cannot generate", _services.Path);
        Release(MemoryUse.Scratch, _scratchBytes);
        if (_stage == Stage.Cold) Release(MemoryUse.Constants, _constantBytes);
        // Tried again at once it would fail again, and again: whoever is in the middle of a text hears of it, too.
        foreach (GenerationRequest request in _active.ToList()) Fail(request, GenerationFault.Internal, m.Cause.Message);
        RefuseAll(m.Cause is WeightsUnavailableException ? GenerationRefusal.WeightsUnavailable : GenerationRefusal.ModelUnsupported, m.Cause.Message);
        Advance();
    }

    private void TooSmall(string why)
    {
        RefuseAll(GenerationRefusal.BudgetTooSmall, $"the budget of {_services.Path} is too small to generate: {why}");
        if (_active.Count > 0)
        {
            // The budget was made smaller, or leases hold it, while scratch memory was being replaced: the latest makes
            // room for those before it, one at a time, so that this ends.
            GenerationRequest last = _active[^1];
            _log.Warning("{0}: request {1} gives way: {2}", _services.Path, last.Id, why);
            Fail(last, GenerationFault.MemoryUnavailable, why);
            TrimKv();
        }

        Advance();
    }

    /// <summary>Gives back the pages that no sequence uses, but for a few while sequences are growing.</summary>
    private void TrimKv()
    {
        if (_runtime is null) return;
        long kept = _runtime.Kv.UsedBytes + (_active.Count > 0 ? _settings.KvReservePages * _runtime.Kv.PageBytes : 0);
        // Twice the reserve, so that a page that comes and goes costs nothing.
        long slack = _active.Count > 0 ? _settings.KvReservePages * _runtime.Kv.PageBytes : 0;
        if (_kvBytes <= kept + slack) return;
        _runtime.Kv.LimitBytes = kept;
        Release(MemoryUse.KvCache, _kvBytes - kept);
    }

    private sealed record Reservation(MemoryUse Use, long Bytes, Action Granted, Action<string> Refused)
    {
        public bool IsFor(MemoryUse use, long bytes) => use == Use && bytes == Bytes;
    }

    // Results carry the thread of the scheduler that wanted them: one that was restarted keeps its address, and gets what
    // the one before it had under way.
    private sealed record TextOpened(WaveThread Thread, ModelText Text) : INoSerializationVerificationNeeded;

    private sealed record Opened(WaveThread Thread, ModelRuntime Runtime) : INoSerializationVerificationNeeded;

    private sealed record Ready(WaveThread Thread, WaveBounds Bounds) : INoSerializationVerificationNeeded;

    private sealed record Rested(WaveThread Thread) : INoSerializationVerificationNeeded;
}
