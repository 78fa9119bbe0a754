using System.Diagnostics;
using Akka.Actor;
using WasmChord.Inference;

namespace WasmChord.Actors;

/// <summary>
/// Waves of one forward pass: the shares of their sequences, computed together, then each sequence's next tokens chosen
/// and its drafts verified. Runs on the wave's thread, and owns the requests it carries until the result is told.
/// </summary>
internal sealed class WaveJob : IDisposable
{
    private readonly ForwardPass _pass;
    private readonly ActorLayerSource _source;
    private readonly ModelServices _services;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly CancellationTokenRegistration _wake;
    private WaveSlice[] _slices = [];

    /// <summary>Prepares.</summary>
    public WaveJob(ForwardPass pass, ActorLayerSource source, ModelServices services)
    {
        _pass = pass;
        _source = source;
        _services = services;
        _wake = _cancellation.Token.UnsafeRegister(static s => ((ActorLayerSource)s!).Wake(), source);
    }

    /// <summary>What the wave carries; set before it runs.</summary>
    public List<WaveShare> Shares { get; } = [];

    /// <summary>True once waves were abandoned: this job is of no more use.</summary>
    public bool IsCancelled => _cancellation.IsCancellationRequested;

    /// <summary>Abandons the wave that runs, from any thread.</summary>
    public void Cancel() => _cancellation.Cancel();

    /// <summary>Computes; what goes wrong with the wave as a whole is part of the result.</summary>
    public WaveEnded Run()
    {
        long start = Stopwatch.GetTimestamp(), waited = _source.WaitTicks, read = _services.BytesRead;
        Exception? failure = null;
        try
        {
            if (_slices.Length < Shares.Count) _slices = new WaveSlice[Shares.Count];
            for (int i = 0; i < Shares.Count; i++) _slices[i] = Shares[i].Slice();
            _source.Cancellation = _cancellation.Token;
            _pass.Run(_slices.AsSpan(0, Shares.Count), _cancellation.Token);
        }
        catch (Exception e)
        {
            failure = e;
        }

        _source.Cancellation = default;
        Array.Clear(_slices);
        if (failure is null)
            for (int i = 0; i < Shares.Count; i++) Shares[i].Finish(_pass, i);
        return new WaveEnded(this, failure, failure is not null && _source.WasInterrupted, Stopwatch.GetElapsedTime(start),
            TimeSpan.FromSeconds((_source.WaitTicks - waited) / (double)Stopwatch.Frequency), _services.BytesRead - read);
    }

    /// <summary>Lets go of the registration; no wave may run.</summary>
    public void Dispose()
    {
        _wake.Dispose();
        _cancellation.Dispose();
    }

    /// <summary>A wave is through.</summary>
    /// <param name="Job">What it carried, and what came of it.</param>
    /// <param name="Failure">What went wrong with it as a whole; its sequences are then as they were before.</param>
    /// <param name="WasInterrupted">Whether a restart of the region was the cause: it may be run again.</param>
    /// <param name="Time">How long it took.</param>
    /// <param name="ReadWait">The part of it that waited for weights.</param>
    /// <param name="BytesRead">Bytes that storage delivered meanwhile.</param>
    internal sealed record WaveEnded(
        WaveJob Job, Exception? Failure, bool WasInterrupted, TimeSpan Time, TimeSpan ReadWait, long BytesRead) : INoSerializationVerificationNeeded;
}
