using System.CommandLine;
using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary><c>guest inspect</c>: what a module asks for and offers, and whether it would be let in. Nothing of it runs.</summary>
internal sealed class GuestInspectCommand : ToolCommand
{
    private readonly Argument<string> _guest = GuestCommand.GuestArgument();

    public GuestInspectCommand(ToolOutput output) : base(output, "inspect", "Checks a guest, and lists its imports and exports.") => Add(_guest);

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string path = parsed.GetRequiredValue(_guest);
        byte[] file = await GuestCommand.ReadAsync(path, new GuestLimits().ModuleBytes, cancellationToken).ConfigureAwait(false);
        using GuestEngine engine = new();
        using GuestModule module = engine.CompileFile(file, new GuestLimits());
        Output.Write(GuestModuleReport.From(module), ToolJson.Default.GuestModuleReport);
        return ExitCode.Success;
    }
}
