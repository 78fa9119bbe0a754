using Akka.Actor;
using Akka.Event;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>
/// Follows what the machine can give, when the node's budget is automatic: looks at it now and then, sets the node's
/// budget, and tells models with automatic budgets of their own what theirs is. Nobody is refused for it: no model goes
/// below what its users need.
/// </summary>
internal sealed class BudgetWatch : ReceiveActor, IWithTimers
{
    private readonly BudgetLedger _ledger;
    private readonly NodeMemory _memory;
    private readonly NodeBudgetPolicy _policy;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    public BudgetWatch(BudgetWatchSettings settings, NodeBudgetLimits limits, BudgetLedger ledger, NodeMemory memory)
    {
        _ledger = ledger;
        _memory = memory;
        _policy = new NodeBudgetPolicy(limits);
        MemoryProbe probe = new();
        ActorSystem system = Context.System;
        Receive<Look>(_ => IoTask<Seen>.Run(system.Dispatchers.Lookup(WasmChordSettings.IoDispatcherPath), () => new Seen(probe.Sample(), probe.SamplePressure()))
            .PipeTo(Self, failure: e => new Status.Failure(e)));
        Receive<Seen>(OnSeen);
        Receive<Status.Failure>(m => _log.Warning("The machine's memory could not be read: {0}", m.Cause.Message));
        Timers.StartPeriodicTimer(Look.Instance, Look.Instance, settings.Interval);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(BudgetWatchSettings settings, NodeBudgetLimits limits, BudgetLedger ledger, NodeMemory memory) =>
        Akka.Actor.Props.Create(() => new BudgetWatch(settings, limits, ledger, memory)).WithDispatcher(WasmChordSettings.DispatcherPath);

    private void OnSeen(Seen m)
    {
        (IActorRef Model, ModelShare Share)[] models = _memory.Snapshot();
        long held = models.Sum(model => model.Share.HeldBytes), before = _ledger.TotalBytes;
        long total = _policy.Next(before, held, m.Reading.AvailableBytes, m.Pressure);
        if (total != before)
        {
            _ledger.SetTotal(total);
            _log.Info("The node's budget is {0} bytes now, {1} before: models hold {2}, {3}; pressure {4} %", total, before, held, m.Reading.DecidedBy, m.Pressure ?? 0);
        }

        ModelShare[] shares = [.. models.Select(model => model.Share)];
        long[] targets = new long[shares.Length];
        ModelShare.Divide(shares, total, targets);
        for (int i = 0; i < targets.Length; i++)
        {
            // Small differences are not worth moving memory for, unless the node's budget is exceeded.
            long change = Math.Abs(targets[i] - shares[i].TargetBytes);
            bool matters = change > shares[i].TargetBytes / 64 || (change > 0 && _ledger.AvailableBytes < 0);
            if (shares[i].IsElastic && matters) models[i].Model.Tell(new ModelSupervisor.FollowNode(targets[i]));
        }
    }

    /// <summary>What the machine can give, and how much its tasks wait for memory.</summary>
    internal sealed record Seen(MemoryReading Reading, double? Pressure) : INoSerializationVerificationNeeded;

    private sealed record Look : INoSerializationVerificationNeeded
    {
        public static Look Instance { get; } = new();
    }
}
