namespace WasmChord.Actors;

/// <summary>What a model's scheduler has done, and what it holds now.</summary>
public sealed record GenerationStatistics
{
    /// <summary>Waves run.</summary>
    public long Waves { get; init; }

    /// <summary>Waves that failed.</summary>
    public long FailedWaves { get; init; }

    /// <summary>Waves run again after the region had restarted.</summary>
    public long RetriedWaves { get; init; }

    /// <summary>Positions computed: prompts, tokens and drafts.</summary>
    public long Positions { get; init; }

    /// <summary>Tokens generated.</summary>
    public long GeneratedTokens { get; init; }

    /// <summary>Tokens drafted.</summary>
    public long DraftedTokens { get; init; }

    /// <summary>Drafts that were right.</summary>
    public long AcceptedTokens { get; init; }

    /// <summary>Most positions of one wave.</summary>
    public int MostPositions { get; init; }

    /// <summary>Time in waves.</summary>
    public TimeSpan WaveTime { get; init; }

    /// <summary>The part of it that waited for weights.</summary>
    public TimeSpan ReadWaitTime { get; init; }

    /// <summary>Bytes that storage delivered during waves.</summary>
    public long BytesRead { get; init; }

    /// <summary>The part of the last waves that waited for weights: 0 to 1, the latest counting most.</summary>
    public double ReadShare { get; init; }

    /// <summary>Requests that generate now.</summary>
    public int ActiveSequences { get; init; }

    /// <summary>Those of them that wait for their readers.</summary>
    public int PausedSequences { get; init; }

    /// <summary>Requests that wait.</summary>
    public int QueuedRequests { get; init; }

    /// <summary>Sessions that keep keys and values between turns.</summary>
    public int IdleSessions { get; init; }

    /// <summary>Bytes of pages that sequences and sessions use.</summary>
    public long KvUsedBytes { get; init; }

    /// <summary>Bytes of keys and values that admitted requests may come to need.</summary>
    public long KvCommittedBytes { get; init; }

    /// <summary>Positions that a wave may carry.</summary>
    public int WavePositions { get; init; }

    /// <summary>How the budget is divided.</summary>
    public MemoryStatus? Memory { get; init; }
}
