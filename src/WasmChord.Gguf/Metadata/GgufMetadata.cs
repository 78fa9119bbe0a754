using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace WasmChord.Gguf;

/// <summary>The metadata of a file: its keys and values in file order, with look-ups that convert between integer widths.</summary>
/// <remarks>
/// Each <c>TryGet</c> is false both where the key is absent and where its value has another type or does not fit;
/// <see cref="TryGetEntry"/> tells the two apart.
/// </remarks>
public sealed class GgufMetadata : IReadOnlyList<GgufMetadataEntry>
{
    private readonly List<GgufMetadataEntry> _entries = [];
    private readonly Dictionary<string, int> _byKey = new(StringComparer.Ordinal);

    internal GgufMetadata()
    {
    }

    /// <summary>Number of keys.</summary>
    public int Count => _entries.Count;

    /// <summary>The entry at a place in file order.</summary>
    public GgufMetadataEntry this[int index] => _entries[index];

    /// <summary>Looks an entry up.</summary>
    public bool TryGetEntry(string key, [NotNullWhen(true)] out GgufMetadataEntry? entry)
    {
        entry = _byKey.TryGetValue(key, out int index) ? _entries[index] : null;
        return entry is not null;
    }

    /// <summary>True where the key is present, whatever its type.</summary>
    public bool ContainsKey(string key) => _byKey.ContainsKey(key);

    /// <inheritdoc cref="GgufMetadataEntry.TryGetString"/>
    public bool TryGetString(string key, [NotNullWhen(true)] out string? value)
    {
        value = null;
        return TryGetEntry(key, out GgufMetadataEntry? entry) && entry.TryGetString(out value);
    }

    /// <inheritdoc cref="GgufMetadataEntry.TryGetInt64"/>
    public bool TryGetInt64(string key, out long value)
    {
        value = 0;
        return TryGetEntry(key, out GgufMetadataEntry? entry) && entry.TryGetInt64(out value);
    }

    /// <inheritdoc cref="GgufMetadataEntry.TryGetUInt64"/>
    public bool TryGetUInt64(string key, out ulong value)
    {
        value = 0;
        return TryGetEntry(key, out GgufMetadataEntry? entry) && entry.TryGetUInt64(out value);
    }

    /// <inheritdoc cref="GgufMetadataEntry.TryGetDouble"/>
    public bool TryGetDouble(string key, out double value)
    {
        value = 0;
        return TryGetEntry(key, out GgufMetadataEntry? entry) && entry.TryGetDouble(out value);
    }

    /// <inheritdoc cref="GgufMetadataEntry.TryGetBoolean"/>
    public bool TryGetBoolean(string key, out bool value)
    {
        value = false;
        return TryGetEntry(key, out GgufMetadataEntry? entry) && entry.TryGetBoolean(out value);
    }

    /// <inheritdoc cref="GgufMetadataEntry.TryGetArray"/>
    public bool TryGetArray(string key, [NotNullWhen(true)] out GgufArray? value)
    {
        value = null;
        return TryGetEntry(key, out GgufMetadataEntry? entry) && entry.TryGetArray(out value);
    }

    /// <summary>The entries in file order.</summary>
    public IEnumerator<GgufMetadataEntry> GetEnumerator() => _entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal void Add(GgufMetadataEntry entry)
    {
        _byKey.Add(entry.Key, _entries.Count);
        _entries.Add(entry);
    }
}
