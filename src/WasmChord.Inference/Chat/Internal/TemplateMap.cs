namespace WasmChord.Inference;

/// <summary>A mapping of a template: keys in the order in which they were set.</summary>
/// <param name="isMutable">Whether templates may set its keys: what <c>namespace()</c> makes.</param>
internal sealed class TemplateMap(bool isMutable = false) : OrderedDictionary<string, object?>(StringComparer.Ordinal)
{
    internal bool IsMutable => isMutable;
}
