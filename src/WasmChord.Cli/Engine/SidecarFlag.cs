using System.CommandLine;
using WasmChord.Actors;

namespace WasmChord.Cli;

/// <summary>The option that says where runs remember what they know of a model, or that they do not.</summary>
internal sealed class SidecarFlag
{
    private const string Off = "off";

    private readonly Option<string?> _option = new("--sidecar")
    {
        Description = "The folder for what is remembered of the model from run to run, or off; without it, as set: the user's cache folder.",
        HelpName = "DIR|off",
    };

    public SidecarFlag() => _option.Validators.Add(result =>
    {
        if (result.Tokens.Count == 1 && result.Tokens[0].Value.Length == 0) result.AddError("--sidecar: expected a folder, or off");
    });

    internal void AddTo(Command command) => command.Add(_option);

    /// <summary>The options with what the command line says.</summary>
    internal ModelOptions Apply(ParseResult parsed, ModelOptions options) => parsed.GetValue(_option) switch
    {
        null => options,
        Off => options with { Sidecar = false },
        string folder => options with { Sidecar = true, SidecarDirectory = Path.GetFullPath(folder) },
    };
}
