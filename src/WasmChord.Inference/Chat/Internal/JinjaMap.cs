namespace WasmChord.Inference;

/// <summary>A dictionary with string keys, in the order in which they came.</summary>
internal sealed class JinjaMap
{
    private readonly OrderedDictionary<string, object?> _entries = new(StringComparer.Ordinal);

    internal IReadOnlyDictionary<string, object?> Entries => _entries;

    internal int Count => _entries.Count;

    internal object? this[string key]
    {
        set => _entries[key] = value;
    }

    internal bool TryGet(string key, out object? value) => _entries.TryGetValue(key, out value);
}
