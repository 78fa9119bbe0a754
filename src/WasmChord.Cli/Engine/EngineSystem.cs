using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using WasmChord.Actors;

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
    public static EngineSystem Start(ToolOutput output)
    {
        EngineLog log = new(output);
        return new EngineSystem(ActorSystem.Create("wasmchord", ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(s_config), log)), log);
    }

    public async ValueTask DisposeAsync() => await System.Terminate().ConfigureAwait(false);
}
