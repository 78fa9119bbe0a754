using WasmChord.Actors;

namespace WasmChord.Cli;

/// <summary>What tests put in place of the real things.</summary>
/// <param name="ModelOptions">Changes how a command opens its model, such as to give it faulty storage.</param>
/// <param name="StandardInput">Opens what commands read in place of standard input.</param>
/// <param name="GenerationOptions">Changes how a command generates, such as to see the logits, and to know how far it has come.</param>
internal sealed record ToolHooks(
    Func<ModelOptions, ModelOptions>? ModelOptions = null,
    Func<Stream>? StandardInput = null,
    Func<GenerationOptions, GenerationOptions>? GenerationOptions = null)
{
    /// <summary>How a command generates, after the change.</summary>
    internal GenerationOptions Changed(GenerationOptions options) => GenerationOptions?.Invoke(options) ?? options;
}
