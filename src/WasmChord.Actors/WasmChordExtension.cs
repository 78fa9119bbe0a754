using Akka.Actor;
using Akka.Streams;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>
/// The entrance: opens models for an actor system. One per system; its memory budget is one number for all models.
/// </summary>
public sealed class WasmChordExtension : IExtension
{
    private static readonly TimeSpan s_openTimeout = TimeSpan.FromMinutes(5);

    private readonly IActorRef _registry;
    private readonly Lazy<IMaterializer> _materializer;

    internal WasmChordExtension(ExtendedActorSystem system)
    {
        system.Settings.InjectTopLevelFallback(WasmChordSettings.DefaultConfig);
        Settings = WasmChordSettings.Create(system);
        NodeBudgetLimits limits = new(Settings.AutoBudgetFraction, Settings.AutoBudgetHeadroomBytes, Settings.BudgetWatch.PressurePercent, Settings.BudgetWatch.GrowAfter);
        Ledger = new BudgetLedger(NodeBudget(Settings, limits));
        foreach (string path in WasmChordSettings.BlockingDispatcherPaths)
            if (system.Dispatchers.Lookup(path) is ThreadsDispatcher threads) system.RegisterOnTermination(threads.Stop);
        GuestLine = new GuestLine(system.Dispatchers.Lookup(WasmChordSettings.GuestDispatcherPath));
        Guests = new GuestEngines(Settings.Guests);
        system.RegisterOnTermination(Guests.Dispose);
        _materializer = new Lazy<IMaterializer>(() => ActorMaterializer.Create(
            system, ActorMaterializerSettings.Create(system).WithDispatcher(WasmChordSettings.DispatcherPath), "wasmchord"));
        _registry = system.SystemActorOf(ModelRegistry.Props(Settings, Ledger, Memory), "wasmchord");
        // In a container that is given less while it runs, what was measured at the start would be wrong for ever.
        if (Settings.NodeBudget.Kind == BudgetKind.Auto && Settings.BudgetWatch.IsEnabled)
            Watch = system.SystemActorOf(BudgetWatch.Props(Settings.BudgetWatch, limits, Ledger, Memory), "wasmchord-budget-watch");
    }

    /// <summary>The settings, from the system's HOCON.</summary>
    public WasmChordSettings Settings { get; }

    /// <summary>Who holds how much of the node's budget.</summary>
    public BudgetLedger Ledger { get; }

    /// <summary>The open models' parts of the budget.</summary>
    internal NodeMemory Memory { get; } = new();

    /// <summary>Follows the machine; nobody where the budget is a number.</summary>
    internal IActorRef Watch { get; } = ActorRefs.Nobody;

    /// <summary>What compiles and runs all models' guests.</summary>
    internal GuestEngines Guests { get; }

    /// <summary>All models' guests that wait for a thread.</summary>
    internal GuestLine GuestLine { get; }

    /// <summary>The extension of a system; started when first asked for.</summary>
    /// <exception cref="Akka.Configuration.ConfigurationException">A setting is out of range.</exception>
    public static WasmChordExtension Get(ActorSystem system) => system.WithExtension<WasmChordExtension, WasmChordExtensionProvider>();

    /// <summary>Opens a model by its metadata; its layers can be acquired when the task is done.</summary>
    /// <param name="path">The file, or any shard of a split model.</param>
    /// <param name="options">What differs from the settings.</param>
    /// <param name="cancellationToken">Stops waiting; a model that opens after that is closed again.</param>
    /// <exception cref="ModelRefusedException">It cannot be opened; the message holds the numbers.</exception>
    public async Task<StreamedModel> OpenModelAsync(string path, ModelOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Task<object> answer = _registry.Ask<object>(new ModelProtocol.OpenModel(path, options ?? ModelOptions.Default), s_openTimeout);
        try
        {
            return Opened(await answer.WaitAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            _ = answer.ContinueWith(
                t => (t.Result as ModelProtocol.ModelOpened)?.Model.Tell(new ModelProtocol.CloseModel()),
                CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw;
        }
    }

    private StreamedModel Opened(object answer) => answer switch
    {
        ModelProtocol.ModelOpened opened => new StreamedModel(opened.Model, opened.Description, _materializer.Value),
        ModelProtocol.ModelRefused refused => throw new ModelRefusedException(refused.Reason, refused.Text),
        _ => throw new InvalidOperationException($"unexpected answer {answer}"),
    };

    private static long NodeBudget(WasmChordSettings settings, NodeBudgetLimits limits) => settings.NodeBudget.Kind == BudgetKind.Bytes
        ? settings.NodeBudget.Value
        : new NodeBudgetPolicy(limits).ShareOf(new MemoryProbe().Sample().AvailableBytes);
}
