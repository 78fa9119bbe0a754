namespace WasmChord.Actors;

/// <summary>What a request took.</summary>
public sealed record GenerationUsage
{
    /// <summary>Tokens of the prompt.</summary>
    public int PromptTokens { get; init; }

    /// <summary>Those of them whose keys and values were still there from an earlier turn of the session.</summary>
    public int ReusedTokens { get; init; }

    /// <summary>Tokens generated, the one that ends the text included.</summary>
    public int GeneratedTokens { get; init; }

    /// <summary>Tokens proposed by prompt look-up and verified.</summary>
    public int DraftedTokens { get; init; }

    /// <summary>Those of them that were what the model would have generated.</summary>
    public int AcceptedTokens { get; init; }

    /// <summary>Waves that carried positions of this request.</summary>
    public int Waves { get; init; }

    /// <summary>Most waves in a row that ran without it while it was ready.</summary>
    public int MostWavesWaited { get; init; }

    /// <summary>From arrival to the first wave.</summary>
    public TimeSpan QueueTime { get; init; }

    /// <summary>From the first wave to the first token.</summary>
    public TimeSpan PrefillTime { get; init; }

    /// <summary>From the first token to the last.</summary>
    public TimeSpan DecodeTime { get; init; }

    /// <summary>Bytes that storage delivered during its waves; requests that share a wave all count them.</summary>
    public long BytesRead { get; init; }
}
