using Akka.Actor;
using Akka.Event;

namespace WasmChord.Actors;

/// <content>When what is remembered of the model is saved: from time to time, and at its end. Failing to is a line in the log.</content>
internal sealed partial class ModelSupervisor
{
    private const string HistoryTimer = "history";

    private bool _isSaving;
    private bool _isFailureReported;

    private void BeginHistory()
    {
        (string text, bool isFault) = Services.HistoryDecision;
        if (isFault) _log.Warning("{0}: {1}", _path, text);
        else _log.Info("{0}: {1}", _path, text);
        if (Services.History is not null) Timers.StartPeriodicTimer(HistoryTimer, SaveHistory.Instance, _settings.Sidecar.SaveInterval);
    }

    private void Save()
    {
        if (_isSaving || Services.History is not { HasNews: true } history) return;
        _isSaving = true;
        IoTask<string?>.Run(_io, history.Save).PipeTo(Self, success: failure => new HistorySaved(failure), failure: e => new HistorySaved(e.Message));
    }

    private void OnSaved(HistorySaved m)
    {
        _isSaving = false;
        Report(m.Failure);
    }

    // The last saving of a model that is being closed. Storage that hangs must not keep it open.
    private void SaveLast()
    {
        if (Services.History is not { HasNews: true } history)
        {
            _self.Tell(new HistoryKept(null));
            return;
        }

        Timers.StartSingleTimer(HistoryTimer, new HistoryKept($"it took longer than {_settings.Sidecar.SaveTimeout}"), _settings.Sidecar.SaveTimeout);
        IoTask<string?>.Run(_io, history.Save).PipeTo(_self, success: failure => new HistoryKept(failure), failure: e => new HistoryKept(e.Message));
    }

    // The last saving of a model that ends with its system, or in a fault: nobody waits for it.
    private void SaveAtEnd(ModelServices services)
    {
        if (services.History is { HasNews: true } history) IoTask<string?>.Run(_io, history.Save);
    }

    private void Report(string? failure)
    {
        if (failure is null || _isFailureReported) return;
        _isFailureReported = true;
        // Who has named a folder wants to hear of it; a user without a cache folder that can be written to has chosen nothing.
        if (_settings.Sidecar.Directory.Length > 0) _log.Warning("{0}: what is known of it could not be saved: {1}", _path, failure);
        else _log.Info("{0}: what is known of it could not be saved: {1}", _path, failure);
    }

    private sealed record HistorySaved(string? Failure) : INoSerializationVerificationNeeded;

    private sealed record HistoryKept(string? Failure) : INoSerializationVerificationNeeded;

    private sealed record SaveHistory : INoSerializationVerificationNeeded
    {
        public static SaveHistory Instance { get; } = new();
    }
}
