using Akka.Actor;
using Akka.Configuration;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>The settings of the extension: section <c>wasmchord</c>, defaults in the embedded <c>reference.conf</c>.</summary>
public sealed record WasmChordSettings
{
    /// <summary>Dispatcher of the actors and of the load flow's bookkeeping.</summary>
    public const string DispatcherPath = "wasmchord.dispatcher";

    /// <summary>Dispatcher of reads, which block.</summary>
    public const string IoDispatcherPath = "wasmchord.io-dispatcher";

    /// <summary>Dispatcher of decoding and verification.</summary>
    public const string DecodeDispatcherPath = "wasmchord.decode-dispatcher";

    /// <summary>Dispatcher of the functions given to <c>UseLayers</c>.</summary>
    public const string UseDispatcherPath = "wasmchord.use-dispatcher";

    /// <summary>Dispatcher of guests, each of which keeps a thread while it runs.</summary>
    public const string GuestDispatcherPath = "wasmchord.guest-dispatcher";

    /// <summary>Dispatcher on which logits processors are compiled and started.</summary>
    public const string ProcessorDispatcherPath = "wasmchord.processor-dispatcher";

    /// <summary>Dispatchers whose threads may block, each made of threads of its own.</summary>
    internal static IReadOnlyList<string> BlockingDispatcherPaths { get; } =
        [IoDispatcherPath, DecodeDispatcherPath, UseDispatcherPath, GuestDispatcherPath, ProcessorDispatcherPath];

    private const string ThreadCountKey = "thread-count";

    /// <summary>Memory of all models of the node together.</summary>
    public required BudgetSpec NodeBudget { get; init; }

    /// <summary>Part of the available memory that an automatic budget takes.</summary>
    public required double AutoBudgetFraction { get; init; }

    /// <summary>Bytes that an automatic budget leaves alone.</summary>
    public required long AutoBudgetHeadroomBytes { get; init; }

    /// <summary>How an automatic budget follows the machine.</summary>
    public required BudgetWatchSettings BudgetWatch { get; init; }

    /// <summary>How models are opened when nothing else is said.</summary>
    public required ModelSettings Model { get; init; }

    /// <summary>What guests may use.</summary>
    public required GuestSettings Guests { get; init; }

    /// <summary>Threads of the I/O dispatcher.</summary>
    public required int IoThreads { get; init; }

    /// <summary>Threads of the decode dispatcher.</summary>
    public required int DecodeThreads { get; init; }

    /// <summary>The embedded <c>reference.conf</c>.</summary>
    public static Config DefaultConfig { get; } = LoadDefault();

    /// <summary>Parses and validates the section of a system's configuration.</summary>
    /// <exception cref="ConfigurationException">A value is missing or out of range; the message names its key.</exception>
    public static WasmChordSettings Create(ActorSystem system) => Parse(system.Settings.Config.WithFallback(DefaultConfig).GetConfig("wasmchord"));

    /// <summary>Parses and validates the section <c>wasmchord</c>.</summary>
    /// <exception cref="ConfigurationException">A value is missing or out of range; the message names its key.</exception>
    public static WasmChordSettings Parse(Config config)
    {
        SettingReader read = new(config, "wasmchord");
        WasmChordSettings settings = new()
        {
            NodeBudget = read.Budget("node-budget"),
            AutoBudgetFraction = read.Fraction("auto-budget-fraction"),
            AutoBudgetHeadroomBytes = read.Bytes("auto-budget-headroom", 0, long.MaxValue),
            BudgetWatch = BudgetWatchSettings.Parse(config.GetConfig("budget-watch")),
            Model = ModelSettings.Parse(config.GetConfig("model")),
            Guests = GuestSettings.Parse(config.GetConfig("guests")),
            IoThreads = new SettingReader(config.GetConfig("io-dispatcher"), IoDispatcherPath).Int(ThreadCountKey, 1, 1024),
            DecodeThreads = new SettingReader(config.GetConfig("decode-dispatcher"), DecodeDispatcherPath).Int(ThreadCountKey, 1, 1024),
        };
        if (settings.NodeBudget.Kind == BudgetKind.Layers)
            throw new ConfigurationException("wasmchord.node-budget is a number of layers, but a node has no model of its own; state a size or auto");
        settings.Require(settings.Model);
        return settings;
    }

    /// <summary>Checks that the dispatchers have the threads that a model's parallelism needs.</summary>
    /// <exception cref="ConfigurationException">They do not; the message holds both numbers.</exception>
    public void Require(ModelSettings model)
    {
        if (model.IoParallelism > IoThreads)
            throw new ConfigurationException($"io-parallelism = {model.IoParallelism} needs as many threads, {IoDispatcherPath} has {IoThreads}");
        if (model.DecodeParallelism > DecodeThreads)
            throw new ConfigurationException($"decode-parallelism = {model.DecodeParallelism} needs as many threads, {DecodeDispatcherPath} has {DecodeThreads}");
    }

    private static Config LoadDefault()
    {
        using Stream stream = typeof(WasmChordSettings).Assembly.GetManifestResourceStream("WasmChord.Actors.reference.conf")
            ?? throw new InvalidOperationException("reference.conf is not embedded");
        using StreamReader reader = new(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}
