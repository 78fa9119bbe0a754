namespace WasmChord.Training.Stories;

/// <summary>A closed set of words that a variable may take, each with the same named forms.</summary>
public sealed class WordSet
{
    private readonly string[] _forms;
    private readonly string[][] _entries;

    internal WordSet(string name, string[] forms, string[][] entries)
    {
        Name = name;
        _forms = forms;
        _entries = entries;
    }

    /// <summary>The set's name in the grammar.</summary>
    public string Name { get; }

    /// <summary>Number of entries.</summary>
    public int Count => _entries.Length;

    /// <summary>An entry in one of its forms; the first form where <paramref name="form"/> is empty.</summary>
    /// <exception cref="ArgumentException">The set has no such form.</exception>
    public string Get(int entry, string form) => _entries[entry][FormIndex(form)];

    internal int FormIndex(string form)
    {
        int index = form.Length == 0 ? 0 : Array.IndexOf(_forms, form);
        return index >= 0 ? index : throw new ArgumentException($"the set '{Name}' has no form '{form}'", nameof(form));
    }
}
