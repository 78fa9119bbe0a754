namespace WasmChord.Inference;

/// <summary>A value whose attributes templates can set, from inside loops too.</summary>
internal sealed class JinjaNamespace
{
    internal Dictionary<string, object?> Attributes { get; } = [];
}
