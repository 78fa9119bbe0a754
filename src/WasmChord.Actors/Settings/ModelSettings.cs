using Akka.Configuration;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>How one model is opened: <c>wasmchord.model</c>. The defaults are those of <c>reference.conf</c>.</summary>
public sealed record ModelSettings
{
    /// <summary>Memory for the model.</summary>
    public required BudgetSpec Budget { get; init; }

    /// <summary>Which segments stay.</summary>
    public required EvictionPolicyKind Policy { get; init; }

    /// <summary>Layout of the image, the form of residency included.</summary>
    public required ImageOptions Image { get; init; }

    /// <summary>A model of at most this many tensor bytes is loaded in full when it fits.</summary>
    public required long ResidentThresholdBytes { get; init; }

    /// <summary>Requests that may wait for memory.</summary>
    public required int MaxWaitingRequests { get; init; }

    /// <summary>How often requests that need no memory may overtake the first waiting one.</summary>
    public required int MaxBypasses { get; init; }

    /// <summary>Memory that read-ahead may fill with what nobody has asked for yet; <c>auto</c> is one layer.</summary>
    public required BudgetSpec ReadAhead { get; init; }

    /// <summary>When memory is touched for the first time.</summary>
    public required PopulateMode Populate { get; init; }

    /// <summary>How long a request waits when it states no deadline.</summary>
    public required TimeSpan AcquireTimeout { get; init; }

    /// <summary>When a lease whose holder cannot be watched is taken back.</summary>
    public required TimeSpan UnwatchedLeaseTimeout { get; init; }

    /// <summary>How long the function of <c>UseLayers</c> may hold a layer.</summary>
    public required TimeSpan UseTimeout { get; init; }

    /// <summary>How files are read.</summary>
    public required StorageSettings Storage { get; init; }

    /// <summary>What is remembered from run to run.</summary>
    public required SidecarSettings Sidecar { get; init; }

    /// <summary>Segments read at the same time.</summary>
    public required int IoParallelism { get; init; }

    /// <summary>Segments decoded or verified at the same time.</summary>
    public required int DecodeParallelism { get; init; }

    /// <summary>Whether segments are verified on every read after the first.</summary>
    public required bool VerifyChecksums { get; init; }

    /// <summary>How text is generated.</summary>
    public required GenerationSettings Generation { get; init; }

    /// <summary>Loads in flight at once: enough for both stages to be busy, and one waiting between them.</summary>
    public int MaxLoads => IoParallelism + DecodeParallelism + 1;

    /// <summary>Parses and validates the section.</summary>
    /// <exception cref="ConfigurationException">A value is missing or out of range; the message names its key.</exception>
    public static ModelSettings Parse(Config config)
    {
        SettingReader read = new(config, "wasmchord.model");
        string frame = read.Text("frame-size");
        ImageOptions image = new(
            read.Enum<ResidencyFormat>("format"),
            read.Enum<RegionLayoutKind>("regions"),
            read.Int("layers-per-region", 1, int.MaxValue),
            read.Bytes("tile-size", ImageOptions.PageBytes, 1L << 30),
            frame == "auto" ? 0 : read.Bytes("frame-size", ImageOptions.PageBytes, ImageOptions.HugePageBytes));
        try
        {
            image.Validated();
        }
        catch (ArgumentException e)
        {
            throw new ConfigurationException($"wasmchord.model: {e.Message}", e);
        }

        return new ModelSettings
        {
            Budget = read.Budget("budget"),
            Policy = read.Enum<EvictionPolicyKind>("policy"),
            Image = image,
            ResidentThresholdBytes = read.Bytes("resident-threshold", 0, long.MaxValue),
            MaxWaitingRequests = read.Int("max-waiting-requests", 0, 1 << 24),
            MaxBypasses = read.Int("max-bypasses", 0, int.MaxValue),
            ReadAhead = read.Budget("read-ahead"),
            Populate = read.Enum<PopulateMode>("populate"),
            AcquireTimeout = read.Duration("acquire-timeout"),
            UnwatchedLeaseTimeout = read.Duration("unwatched-lease-timeout"),
            UseTimeout = read.Duration("use-timeout"),
            Storage = StorageSettings.Parse(config.GetConfig("storage")),
            Sidecar = SidecarSettings.Parse(config.GetConfig("sidecar")),
            IoParallelism = read.Int("io-parallelism", 1, 256),
            DecodeParallelism = read.Int("decode-parallelism", 1, 256),
            Generation = GenerationSettings.Parse(config.GetConfig("generation")),
            VerifyChecksums = read.Boolean("verify-checksums"),
        };
    }
}
