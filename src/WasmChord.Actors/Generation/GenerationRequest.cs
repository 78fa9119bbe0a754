using Akka.Actor;
using WasmChord.Inference;

namespace WasmChord.Actors;

/// <summary>
/// One request, from its arrival to its end. Waiting (its prompt may still be a text) → active (it has keys and values,
/// and takes part in waves) → ended. Between waves the scheduler owns it; during a wave that carries it, the wave's thread.
/// </summary>
internal sealed class GenerationRequest(GenerationProtocol.Generate message, IActorRef requester, long arrival, TimeSpan arrivedAt, TimeSpan deadline)
{
    /// <summary>As it was asked.</summary>
    public GenerationProtocol.Generate Message { get; } = message;

    /// <summary>Its options.</summary>
    public GenerationOptions Options => Message.Options;

    /// <summary>Its id.</summary>
    public GenerationId Id => Message.Id;

    /// <summary>Who is answered.</summary>
    public IActorRef Requester { get; } = requester;

    /// <summary>Its place among all arrivals.</summary>
    public long Arrival { get; } = arrival;

    /// <summary>When it arrived.</summary>
    public TimeSpan ArrivedAt { get; } = arrivedAt;

    /// <summary>When it ends.</summary>
    public TimeSpan Deadline { get; } = deadline;

    /// <summary>Watches <see cref="GenerationOptions.Cancellation"/>.</summary>
    public CancellationTokenRegistration Registration { get; set; }

    /// <summary>The prompt, then what was generated.</summary>
    public List<TokenId> Tokens { get; } = [];

    /// <summary>Tokens of the prompt; 0 while it is a text.</summary>
    public int PromptCount { get; set; }

    /// <summary>Tokens that it may generate, with the context in mind.</summary>
    public int MaxTokens { get; set; }

    /// <summary>Whether the context, rather than the request, bounds them.</summary>
    public bool IsBoundByContext { get; set; }

    /// <summary>Pages that it may come to need.</summary>
    public int WorstPages { get; set; }

    /// <summary>Its keys and values; null while it waits.</summary>
    public KvSequence? Sequence { get; set; }

    /// <summary>Chooses its tokens; null while it waits.</summary>
    public TokenWriter? Writer { get; set; }

    /// <summary>The place of what changes its logits; null for nobody, and until it is to start.</summary>
    public ProcessorPlace? Processor { get; set; }

    /// <summary>Its part of the wave that carries it.</summary>
    public WaveShare Share => field ??= new WaveShare(this);

    /// <summary>Tokens sent and not taken yet.</summary>
    public int TokensUnderWay { get; set; }

    /// <summary>How it is to end when the wave that carries it is through; null while it goes on.</summary>
    public GenerationEnd? EndWanted { get; set; }

    /// <summary>Whether its requester has ended: nobody is answered.</summary>
    public bool IsAbandoned { get; set; }

    /// <summary>Whether a wave computes positions of it now.</summary>
    public bool IsInWave { get; set; }

    /// <summary>Waves in a row that ran without it while it was ready.</summary>
    public int WavesWaited { get; set; }

    /// <summary>When its first wave began; null before.</summary>
    public TimeSpan? FirstWaveAt { get; set; }

    /// <summary>When its first token came; null before.</summary>
    public TimeSpan? FirstTokenAt { get; set; }

    /// <summary>When its last token came.</summary>
    public TimeSpan LastTokenAt { get; set; }

    /// <summary>Tokens of the prompt that a session had computed.</summary>
    public int ReusedTokens { get; set; }

    /// <summary>Tokens drafted.</summary>
    public int DraftedTokens { get; set; }

    /// <summary>Drafts that were right.</summary>
    public int AcceptedTokens { get; set; }

    /// <summary>Waves that carried it.</summary>
    public int Waves { get; set; }

    /// <summary>Most waves in a row that ran without it while it was ready.</summary>
    public int MostWavesWaited { get; set; }

    /// <summary>Bytes that storage delivered during its waves.</summary>
    public long BytesRead { get; set; }

    /// <summary>Tokens generated.</summary>
    public int GeneratedCount => Tokens.Count - PromptCount;

    /// <summary>Tokens that are known and not computed yet; 0 while it waits.</summary>
    public int ReadyCount => Tokens.Count - (Sequence?.Length ?? Tokens.Count);

    /// <summary>Whether its reader has to take tokens before it goes on.</summary>
    public bool IsPaused => Options.OutputWindow is { } window && TokensUnderWay >= window;

    /// <summary>What it has taken, with the times.</summary>
    public GenerationUsage FinalUsage(TimeSpan now)
    {
        TimeSpan first = FirstWaveAt ?? now;
        TimeSpan token = FirstTokenAt ?? now;
        return new GenerationUsage
        {
            PromptTokens = PromptCount,
            ReusedTokens = ReusedTokens,
            DraftedTokens = DraftedTokens,
            AcceptedTokens = AcceptedTokens,
            Waves = Waves,
            MostWavesWaited = MostWavesWaited,
            BytesRead = BytesRead,
            GeneratedTokens = GeneratedCount,
            QueueTime = first - ArrivedAt,
            PrefillTime = FirstWaveAt is null ? TimeSpan.Zero : token - first,
            DecodeTime = FirstTokenAt is null ? TimeSpan.Zero : LastTokenAt - token,
        };
    }
}
