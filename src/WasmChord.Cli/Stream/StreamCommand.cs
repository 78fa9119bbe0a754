using System.CommandLine;
using System.Diagnostics;
using Akka.Actor;
using WasmChord.Actors;
using WasmChord.Memory64;
using static WasmChord.Actors.LayerCacheProtocol;

namespace WasmChord.Cli;

/// <summary>
/// <c>stream</c>: the engine's main flow. Opens a model in an actor system, lets requesters visit every layer at once,
/// and compares what each read through its leases with an independent read of the file.
/// </summary>
internal sealed class StreamCommand : ToolCommand
{
    private const int MaxRequests = 1024, MaxPasses = 1_000_000;

    private readonly ToolHooks _hooks;
    private readonly Argument<string> _model = ModelArgument();
    private readonly Option<BudgetSpec?> _budget = BudgetOption();
    private readonly Option<ResidencyFormat?> _format = ChoiceOption<ResidencyFormat>("--format", "In which form weights are kept.");
    private readonly Option<EvictionPolicyKind?> _policy = ChoiceOption<EvictionPolicyKind>("--policy", "Which segments stay.");
    private readonly Option<int> _passes = CountOption("--passes", "How often each requester visits every layer.", 2, 1, MaxPasses);
    private readonly Option<int> _requests = CountOption("--requests", "How many requesters there are at once.", 1, 1, MaxRequests);
    private readonly Option<VisitOrder?> _order = ChoiceOption<VisitOrder>("--order", "In which order they visit; random gives each its own.");
    private readonly Option<int> _seed = CountOption("--seed", "Seed of random orders.", 1, int.MinValue);
    private readonly Option<StorageMode?> _storage = ChoiceOption<StorageMode>("--storage", "How files are read.");
    private readonly Option<bool> _keepPageCache = new("--keep-page-cache") { Description = "Let what buffered reads have read stay in the page cache." };
    private readonly Option<long?> _threshold = SizeOption("--threshold", "Models of more tensor bytes are streamed even where they fit the budget.");
    private readonly Option<RegionLayoutKind?> _regions = ChoiceOption<RegionLayoutKind>("--regions", "One linear memory, or several.");
    private readonly Option<PopulateMode?> _populate = ChoiceOption<PopulateMode>("--populate", "When memory is touched for the first time: off, ahead of need, or all of it before the model is open.");
    private readonly SidecarFlag _sidecar = new();
    private readonly Option<bool> _compareRead = new("--compare-read") { Description = "Measure plain parallel reads of the same files, before and after." };

    public StreamCommand(ToolOutput output, ToolHooks hooks)
        : base(output, "stream", "Serves every layer to concurrent requesters within a memory budget, and verifies every byte.")
    {
        _hooks = hooks;
        foreach (Option option in new Option[] { _budget, _format, _policy, _passes, _requests, _order, _seed, _storage, _keepPageCache, _threshold, _regions, _populate, _compareRead })
            Add(option);
        _sidecar.AddTo(this);
        Arguments.Add(_model);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        ModelOptions options = new()
        {
            Budget = parsed.GetValue(_budget),
            Format = parsed.GetValue(_format),
            Policy = parsed.GetValue(_policy),
            StorageMode = parsed.GetValue(_storage),
            ResidentThresholdBytes = parsed.GetValue(_threshold),
            Regions = parsed.GetValue(_regions),
            Populate = parsed.GetValue(_populate),
            Configure = parsed.GetValue(_keepPageCache)
                ? s => s with { Storage = s.Storage with { Options = s.Storage.Options with { KeepPageCache = true } } }
                : null,
        };
        options = _sidecar.Apply(parsed, options);
        if (_hooks.ModelOptions is { } change) options = change(options);
        string path = parsed.GetRequiredValue(_model);
        VisitOrder order = parsed.GetValue(_order) ?? VisitOrder.Scan;

        await using EngineSystem engine = EngineSystem.Start(Output, parsed.GetValue(_budget));
        long idleBytes = ProcessMemory.Sample().PrivateBytes;
        PlainReads? plain = null;
        if (parsed.GetValue(_compareRead))
        {
            plain = await PlainReads.PrepareAsync(path, options.Apply(engine.Engine.Settings.Model).Storage.Options, cancellationToken).ConfigureAwait(false);
            options = options with { StorageMode = plain.Mode };
            plain.Measure();
        }

        using MemorySampler memory = new();
        long start = Stopwatch.GetTimestamp();
        await using StreamedModel model = await engine.Engine.OpenModelAsync(path, options, cancellationToken).ConfigureAwait(false);
        // Answered once the model serves: what opening costs is not counted as reading.
        await model.GetStatisticsAsync().ConfigureAwait(false);
        double openMs = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        engine.Log.Open();
        if (order == VisitOrder.Scan) model.Actor.Tell(new DeclareOrder(model.Description.Layers, IsCyclic: true), ActorRefs.NoSender);

        StreamRun run = new(model, parsed.GetValue(_requests), parsed.GetValue(_passes), order, parsed.GetValue(_seed));
        await run.RunAsync(engine.System, Output, memory, cancellationToken).ConfigureAwait(false);
        CacheStatistics cache = (await model.GetStatisticsAsync().ConfigureAwait(false)).Cache;
        long heldBytes = (await model.GetMemoryAsync().ConfigureAwait(false)).PeakResidentBytes;
        memory.Dispose();

        string? difference = null;
        if (!run.IsCancelled)
        {
            plain?.Measure();
            difference = await VerifyAsync(model.Description, run, cancellationToken).ConfigureAwait(false);
        }

        StreamReport report = run.Report(cache, options.Apply(engine.Engine.Settings.Model)) with
        {
            PeakResidentBytes = Math.Max(cache.PeakBytes, heldBytes),
            IdlePrivateBytes = idleBytes,
            ProcessPeakPrivateBytes = memory.PeakBytes,
            OpenMs = Math.Round(openMs, 3),
            PlainReadGigabytesPerSecond = plain is null ? null : Math.Round(plain.Rate, 3),
            PlainReads = plain?.Rates.Select(r => Math.Round(r, 3)).ToArray(),
            LaterReadRatio = plain is null || run.LaterRate is not { } later ? null : Math.Round(later / plain.Rate, 3),
            ReadRatio = plain is null ? null : Math.Round(cache.BytesRead / run.Seconds / 1e9 / plain.Rate, 3),
        };
        Output.Write(difference is null ? report : report with { VerifiedSegments = 0, Mismatch = difference }, ToolJson.Default.StreamReport);
        if (difference is not null) throw new ToolException("mismatch", difference);
        return run.IsCancelled ? ExitCode.Cancelled : ExitCode.Success;
    }

    private Task<string?> VerifyAsync(ModelDescription model, StreamRun run, CancellationToken cancellationToken)
    {
        long bytes = 0;
        foreach (Segment segment in model.Layout.Segments.Segments) bytes += segment.FileByteLength;
        return JobProgress.RunAsync(Output, "independent read", bytes, progress => IndependentCheck.RunAsync(model, run.Records, progress, cancellationToken));
    }
}
