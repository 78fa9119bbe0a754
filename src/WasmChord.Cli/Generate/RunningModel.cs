using System.Diagnostics;
using Akka.Streams;
using WasmChord.Actors;
using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>A model that a command runs: the engine, the open model, its vocabulary where it is wanted, and the memory it takes.</summary>
internal sealed class RunningModel : IAsyncDisposable
{
    private readonly EngineSystem _engine;
    private readonly MemorySampler _memory = new();
    private MemoryStatus? _last;

    private RunningModel(EngineSystem engine, StreamedModel model, long idleBytes, double openMs)
    {
        _engine = engine;
        Model = model;
        Materializer = engine.System.Materializer();
        IdlePrivateBytes = idleBytes;
        OpenMs = openMs;
    }

    /// <summary>The model.</summary>
    internal StreamedModel Model { get; }

    /// <summary>Runs streams.</summary>
    internal IMaterializer Materializer { get; }

    /// <summary>The settings that the options of a command change.</summary>
    internal ModelSettings Settings => _engine.Engine.Settings.Model;

    /// <summary>What a guest may use when nothing else is said.</summary>
    internal GuestLimits GuestLimits => _engine.Engine.Settings.Guests.Limits;

    /// <summary>How long opening took.</summary>
    internal double OpenMs { get; }

    /// <summary>Private memory of the process before the model was opened.</summary>
    internal long IdlePrivateBytes { get; }

    /// <summary>The highest of the samples since.</summary>
    internal long PeakPrivateBytes => _memory.PeakBytes;

    /// <summary>The most that weights filled and generation had reserved together, from opening until it was asked last.</summary>
    internal long PeakResidentBytes => _last?.PeakResidentBytes ?? 0;

    /// <summary>The budget; one that is automatic grows with what generation takes, and this is the most that it was.</summary>
    internal long BudgetBytes => _last?.MostBudgetBytes ?? Model.Description.BudgetBytes;

    /// <summary>Opens a model; null for the one that the tool brings.</summary>
    internal static async Task<RunningModel> OpenAsync(string? path, ModelOptions options, ToolOutput output, CancellationToken cancellationToken)
    {
        EngineSystem engine = EngineSystem.Start(output, options.Budget);
        try
        {
            long idleBytes = ProcessMemory.Sample().PrivateBytes, start = Stopwatch.GetTimestamp();
            StreamedModel model = await engine.Engine.OpenModelAsync(path ?? DemoModel.Materialize(), options, cancellationToken).ConfigureAwait(false);
            engine.Log.Open();
            return new RunningModel(engine, model, idleBytes, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        catch
        {
            await engine.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Asks the engine what it holds and has done.</summary>
    internal async Task<(CacheStatistics Cache, GenerationStatistics Generation)> ObserveAsync()
    {
        CacheStatistics cache = (await Model.GetStatisticsAsync().ConfigureAwait(false)).Cache;
        GenerationStatistics generation = await Model.GetGenerationStatisticsAsync().ConfigureAwait(false);
        _last = generation.Memory ?? _last;
        return (cache, generation);
    }

    public async ValueTask DisposeAsync()
    {
        _memory.Dispose();
        await Model.DisposeAsync().ConfigureAwait(false);
        await _engine.DisposeAsync().ConfigureAwait(false);
    }
}
