namespace WasmChord.Inference;

/// <summary>A text as code points and their classes.</summary>
internal readonly ref struct CodePoints(ReadOnlySpan<int> values, ReadOnlySpan<CharacterClass> classes)
{
    private readonly ReadOnlySpan<int> _values = values;
    private readonly ReadOnlySpan<CharacterClass> _classes = classes;

    internal int Count => _values.Length;

    internal int this[int index] => _values[index];

    /// <summary>The class of a character, or none from <paramref name="end"/> on.</summary>
    internal CharacterClass ClassAt(int index, int end) => index < end ? _classes[index] : CharacterClass.None;

    /// <summary>The character, or −1 from <paramref name="end"/> on.</summary>
    internal int At(int index, int end) => index < end ? _values[index] : -1;

    /// <summary>Where a run of characters of some classes ends.</summary>
    internal int EndOfRun(int start, int end, CharacterClass classes)
    {
        while (start < end && (_classes[start] & classes) != 0) start++;
        return start;
    }

    /// <summary>Where a run of characters of some classes ends, at most <paramref name="limit"/> long.</summary>
    internal int EndOfRun(int start, int end, CharacterClass classes, int limit) =>
        EndOfRun(start, limit < end - start ? start + limit : end, classes);
}
