namespace WasmChord.Actors;

/// <summary>The running numbers behind <see cref="GenerationStatistics"/>.</summary>
internal sealed class WaveCounters
{
    /// <summary>How much of the picture of the last waves the latest one is.</summary>
    private const double LatestWeight = 0.3;

    private long _waves, _positions, _generated, _drafted, _accepted, _bytesRead;
    private int _mostPositions;
    private TimeSpan _time, _readWait;

    /// <summary>Waves that failed.</summary>
    public long FailedWaves { get; set; }

    /// <summary>Waves run again.</summary>
    public long RetriedWaves { get; set; }

    /// <summary>The part of the last waves' time that waited for weights.</summary>
    public double ReadShare { get; private set; }

    /// <summary>Counts a wave.</summary>
    public void Count(WaveJob.WaveEnded wave)
    {
        double share = wave.Time > TimeSpan.Zero ? wave.ReadWait / wave.Time : 0;
        ReadShare = _waves == 0 ? share : ((1 - LatestWeight) * ReadShare) + (LatestWeight * share);
        _waves++;
        _time += wave.Time;
        _readWait += wave.ReadWait;
        _bytesRead += wave.BytesRead;
        if (wave.Failure is not null) return;
        int positions = 0;
        foreach (WaveShare s in wave.Job.Shares)
        {
            positions += s.Count + s.Drafted;
            _generated += s.Written.Count;
            _drafted += s.Drafted;
            _accepted += s.Accepted;
        }

        _positions += positions;
        _mostPositions = Math.Max(_mostPositions, positions);
    }

    /// <summary>The numbers at this moment.</summary>
    public GenerationStatistics Snapshot() => new()
    {
        Waves = _waves,
        FailedWaves = FailedWaves,
        RetriedWaves = RetriedWaves,
        Positions = _positions,
        GeneratedTokens = _generated,
        DraftedTokens = _drafted,
        AcceptedTokens = _accepted,
        MostPositions = _mostPositions,
        WaveTime = _time,
        ReadWaitTime = _readWait,
        BytesRead = _bytesRead,
        ReadShare = ReadShare,
    };
}
