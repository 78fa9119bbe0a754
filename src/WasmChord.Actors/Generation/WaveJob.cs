using System.Diagnostics;
using Akka.Actor;
using WasmChord.Inference;

namespace WasmChord.Actors;

/// <summary>
/// One wave: the shares of its sequences, computed together, then each sequence's next tokens chosen and its drafts
/// verified. Runs on the wave's thread and owns the requests it carries until its result is told.
/// </summary>
internal sealed class WaveJob
{
    private readonly ForwardPass _pass;
    private readonly ActorLayerSource _source;
    private readonly ModelServices _services;
    private readonly CancellationToken _cancellation;
    private readonly WaveShare[] _shares;

    /// <summary>Prepares a wave.</summary>
    public WaveJob(ForwardPass pass, ActorLayerSource source, ModelServices services, WaveShare[] shares, CancellationToken cancellation)
    {
        _pass = pass;
        _source = source;
        _services = services;
        _shares = shares;
        _cancellation = cancellation;
    }

    /// <summary>Computes; what goes wrong with the wave as a whole is part of the result.</summary>
    public WaveEnded Run()
    {
        long start = Stopwatch.GetTimestamp(), waited = _source.WaitTicks, read = _services.BytesRead;
        Exception? failure = null;
        WaveSlice[] slices = [.. _shares.Select(s => s.Slice())];
        try
        {
            _source.Cancellation = _cancellation;
            using (_cancellation.UnsafeRegister(static s => ((ActorLayerSource)s!).Wake(), _source)) _pass.Run(slices, _cancellation);
        }
        catch (Exception e)
        {
            failure = e;
        }

        _source.Cancellation = default;
        if (failure is null)
            for (int i = 0; i < _shares.Length; i++) _shares[i].Finish(_pass, i);
        return new WaveEnded(_shares, failure, failure is not null && _source.WasInterrupted, Stopwatch.GetElapsedTime(start),
            TimeSpan.FromSeconds((_source.WaitTicks - waited) / (double)Stopwatch.Frequency), _services.BytesRead - read);
    }

    /// <summary>A wave is through.</summary>
    /// <param name="Shares">What it carried, and what came of it.</param>
    /// <param name="Failure">What went wrong with it as a whole; its sequences are then as they were before.</param>
    /// <param name="WasInterrupted">Whether a restart of the region was the cause: it may be run again.</param>
    /// <param name="Time">How long it took.</param>
    /// <param name="ReadWait">The part of it that waited for weights.</param>
    /// <param name="BytesRead">Bytes that storage delivered meanwhile.</param>
    internal sealed record WaveEnded(
        WaveShare[] Shares, Exception? Failure, bool WasInterrupted, TimeSpan Time, TimeSpan ReadWait, long BytesRead) : INoSerializationVerificationNeeded;
}
