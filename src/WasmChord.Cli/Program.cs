using Spectre.Console;
using WasmChord.Cli;

using TerminationSignals signals = new();
ToolOutput output = new(StandardOutput.Open(), Console.Error, Terminal()) { IsTextOnTerminal = !Console.IsOutputRedirected };
return await WasmChordTool.RunAsync(args, output, signals.Token);

// Progress and live tables go where errors go, so that standard output stays what was asked for.
static IAnsiConsole? Terminal() => Console.IsErrorRedirected
    ? null
    : AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
