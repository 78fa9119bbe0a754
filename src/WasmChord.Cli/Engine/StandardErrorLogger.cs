using Akka.Actor;
using Akka.Event;

namespace WasmChord.Cli;

/// <summary>The actor system's logger: warnings and errors as one line each on standard error, whatever the result is.</summary>
internal sealed class StandardErrorLogger : ReceiveActor
{
    public StandardErrorLogger()
    {
        EngineLog? log = Context.System.Settings.Setup.Get<EngineLog>() is { HasValue: true } found ? found.Value : null;
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(m => log?.Write($"{m.LogLevel().ToString()[..^"Level".Length].ToLowerInvariant()}: {m.Message}"));
    }
}
