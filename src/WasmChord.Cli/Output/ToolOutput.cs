using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Spectre.Console;

namespace WasmChord.Cli;

/// <summary>
/// Where a command's words go: its one result to standard output, as text or as JSON; errors and notes to standard
/// error; progress to the terminal, where there is one.
/// </summary>
/// <param name="standard">Standard output.</param>
/// <param name="error">Standard error.</param>
/// <param name="terminal">A terminal that can redraw; null where there is none.</param>
internal sealed class ToolOutput(TextWriter standard, TextWriter error, IAnsiConsole? terminal)
{
    /// <summary>Standard output.</summary>
    public TextWriter Standard { get; } = standard;

    /// <summary>Standard error.</summary>
    public TextWriter Error { get; } = error;

    /// <summary>A terminal that can redraw; null where there is none.</summary>
    public IAnsiConsole? Terminal { get; } = terminal;

    /// <summary>Whether standard output is that terminal, too: text scrolls where progress is drawn.</summary>
    public bool IsTextOnTerminal { get; init; }

    /// <summary>How long a job may take before its progress is shown.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether the result is to be one JSON object.</summary>
    public bool IsJson { get; set; }

    /// <summary>Writes the result.</summary>
    public void Write<T>(T report, JsonTypeInfo<T> type) where T : IReport
    {
        if (IsJson) Standard.WriteLine(JsonSerializer.Serialize(report, type));
        else report.WriteText(Standard);
        Standard.Flush();
    }

    /// <summary>Says something that is not part of the result.</summary>
    public void Note(string text)
    {
        lock (Error) Error.WriteLine($"wasmchord: {text}");
    }

    /// <summary>Says why the command failed.</summary>
    public void Fail(ErrorReport report)
    {
        lock (Error)
            Error.WriteLine(IsJson
                ? JsonSerializer.Serialize(new ErrorObject(report), ToolJson.Default.ErrorObject)
                : $"wasmchord: error: {report.Message}");
    }
}
