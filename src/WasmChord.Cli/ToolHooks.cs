using WasmChord.Actors;

namespace WasmChord.Cli;

/// <summary>What tests put in place of the real things.</summary>
/// <param name="ModelOptions">Changes how <c>stream</c> opens its model, such as to give it faulty storage.</param>
internal sealed record ToolHooks(Func<ModelOptions, ModelOptions>? ModelOptions = null);
