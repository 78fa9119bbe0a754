using Akka.Configuration;
using WasmChord.Inference;

namespace WasmChord.Actors;

/// <summary>How a model generates: <c>wasmchord.model.generation</c>. The defaults are those of <c>reference.conf</c>.</summary>
public sealed record GenerationSettings
{
    /// <summary>In which type keys and values are kept.</summary>
    public required KvType KvType { get; init; }

    /// <summary>Positions of a page of keys and values.</summary>
    public required int KvPagePositions { get; init; }

    /// <summary>Pages taken from the weights' cache at once.</summary>
    public required int KvReservePages { get; init; }

    /// <summary>Segments read ahead of the one that is leased ahead.</summary>
    public required int ReadAheadSegments { get; init; }

    /// <summary>Longest sequence in positions; 0 for the model's context.</summary>
    public required int Context { get; init; }

    /// <summary>Tokens that a request generates when it states no number.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>Threads that compute.</summary>
    public required int Threads { get; init; }

    /// <summary>How matrices are multiplied.</summary>
    public required MatMulScheme Scheme { get; init; }

    /// <summary>Positions that one wave carries at most.</summary>
    public required int WavePositions { get; init; }

    /// <summary>The same while some sequence is generating.</summary>
    public required int SharedWavePositions { get; init; }

    /// <summary>Part of the budget that scratch memory may take.</summary>
    public required double ScratchShare { get; init; }

    /// <summary>Sequences that advance together.</summary>
    public required int MaxSequences { get; init; }

    /// <summary>Requests that may wait.</summary>
    public required int MaxQueued { get; init; }

    /// <summary>When a request ends that states no deadline.</summary>
    public required TimeSpan RequestTimeout { get; init; }

    /// <summary>How long leases of others may delay memory that sequences need.</summary>
    public required TimeSpan MemoryTimeout { get; init; }

    /// <summary>Sessions whose keys and values are kept between turns.</summary>
    public required int MaxSessions { get; init; }

    /// <summary>When an idle session is forgotten.</summary>
    public required TimeSpan SessionIdleTimeout { get; init; }

    /// <summary>After this time without work, scratch memory goes back to the weights.</summary>
    public required TimeSpan RestAfter { get; init; }

    /// <summary>Tokens that a stream lets wait for its reader.</summary>
    public required int OutputWindow { get; init; }

    /// <summary>When tokens are drafted.</summary>
    public required DraftingMode Drafting { get; init; }

    /// <summary>With <see cref="DraftingMode.Auto"/>: from this part of a wave's time on that waits for weights.</summary>
    public required double DraftReadShare { get; init; }

    /// <summary>Most tokens drafted for one sequence in one wave.</summary>
    public required int DraftTokens { get; init; }

    /// <summary>How often a wave that a restart of the region has interrupted is run again.</summary>
    public required int WaveRetries { get; init; }

    /// <summary>Parses and validates the section.</summary>
    /// <exception cref="ConfigurationException">A value is missing or out of range; the message names its key.</exception>
    public static GenerationSettings Parse(Config config)
    {
        SettingReader read = new(config, "wasmchord.model.generation");
        return new GenerationSettings
        {
            KvType = read.Enum<KvType>("kv-type"),
            KvPagePositions = read.Int("kv-page-positions", 1, 1 << 16),
            KvReservePages = read.Int("kv-reserve-pages", 1, 1 << 16),
            ReadAheadSegments = read.Int("read-ahead-segments", 0, 1 << 16),
            Context = read.Int("context", 0, int.MaxValue),
            MaxTokens = read.Int("max-tokens", 1, int.MaxValue),
            Threads = read.Text("threads") == "auto" ? Environment.ProcessorCount : read.Int("threads", 1, 1024),
            Scheme = read.Enum<MatMulScheme>("scheme"),
            WavePositions = read.Int("wave-positions", 1, 1 << 16),
            SharedWavePositions = read.Int("shared-wave-positions", 1, 1 << 16),
            ScratchShare = read.Fraction("scratch-share"),
            MaxSequences = read.Int("max-sequences", 1, 1 << 16),
            MaxQueued = read.Int("max-queued", 0, 1 << 24),
            RequestTimeout = read.Duration("request-timeout"),
            MemoryTimeout = read.Duration("memory-timeout"),
            MaxSessions = read.Int("max-sessions", 0, 1 << 24),
            SessionIdleTimeout = read.Duration("session-idle-timeout"),
            RestAfter = read.Duration("rest-after"),
            OutputWindow = read.Int("output-window", 1, 1 << 20),
            Drafting = read.Enum<DraftingMode>("drafting"),
            DraftReadShare = read.Fraction("draft-read-share"),
            DraftTokens = read.Int("draft-tokens", 1, 1024),
            WaveRetries = read.Int("wave-retries", 0, 100),
        };
    }
}
