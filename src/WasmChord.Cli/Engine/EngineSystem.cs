using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using WasmChord.Actors;
using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>The actor system of one command, with the engine started in it.</summary>
internal sealed class EngineSystem : IAsyncDisposable
{
    private static readonly Config s_config = ConfigurationFactory.ParseString("""
        akka {
          loglevel = WARNING
          stdout-loglevel = OFF
          loggers = ["WasmChord.Cli.StandardErrorLogger, wasmchord"]
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          coordinated-shutdown.run-by-clr-shutdown-hook = off
        }
        """);

    // What a user states is granted while the machine has it; room that others may need is left only by the tool's own choice.
    private static readonly Config s_statedBudget = ConfigurationFactory.ParseString("wasmchord { auto-budget-fraction = 1, auto-budget-headroom = 0 }");

    private EngineSystem(ActorSystem system, EngineLog log)
    {
        System = system;
        Log = log;
        Engine = WasmChordExtension.Get(system);
    }

    public ActorSystem System { get; }

    public WasmChordExtension Engine { get; }

    public EngineLog Log { get; }

    /// <summary>Starts the system.</summary>
    /// <param name="output">Where its log goes.</param>
    /// <param name="budget">What the command line states; null for nothing.</param>
    public static EngineSystem Start(ToolOutput output, BudgetSpec? budget)
    {
        EngineLog log = new(output);
        Config config = budget is { Kind: not BudgetKind.Auto } ? s_statedBudget.WithFallback(s_config) : s_config;
        return new EngineSystem(ActorSystem.Create("wasmchord", ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config), log)), log);
    }

    public async ValueTask DisposeAsync() => await System.Terminate().ConfigureAwait(false);
}
