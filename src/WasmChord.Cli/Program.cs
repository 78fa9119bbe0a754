using Spectre.Console;
using WasmChord.Cli;

using TerminationSignals signals = new();
return await WasmChordTool.RunAsync(args, new ToolOutput(StandardOutput.Open(), Console.Error, Terminal()), signals.Token);

// Progress and live tables go where errors go, so that standard output stays what was asked for.
static IAnsiConsole? Terminal() => Console.IsErrorRedirected
    ? null
    : AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
