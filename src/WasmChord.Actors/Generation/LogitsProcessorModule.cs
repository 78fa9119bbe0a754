using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>
/// A guest that changes the logits of one request before each token is chosen, such as to keep a text to a form. It
/// sees no model. When it fails, the request fails alone.
/// </summary>
/// <param name="Module">Its WebAssembly binary or text; it exports what <c>docs/GUESTS.md</c> asks of logits processors.</param>
public sealed record LogitsProcessorModule(ReadOnlyMemory<byte> Module)
{
    /// <summary>What it may use; null for the settings' limits. Wall time bounds its start.</summary>
    public GuestLimits? Limits { get; init; }

    /// <summary>How long it may take for one token; null for the setting <c>processor-time</c>.</summary>
    public TimeSpan? TimePerToken { get; init; }
}
