namespace WasmChord.Memory64;

/// <summary>Entries in order of arrival, linked through themselves; an entry is in at most one queue.</summary>
internal sealed class EntryQueue
{
    private CacheEntry? _last;

    public CacheEntry? First { get; private set; }

    public int Count { get; private set; }

    public void Append(CacheEntry entry)
    {
        entry.Previous = _last;
        entry.Next = null;
        if (_last is null) First = entry;
        else _last.Next = entry;
        _last = entry;
        Count++;
    }

    public void Remove(CacheEntry entry)
    {
        if (entry.Previous is null) First = entry.Next;
        else entry.Previous.Next = entry.Next;
        if (entry.Next is null) _last = entry.Previous;
        else entry.Next.Previous = entry.Previous;
        entry.Previous = entry.Next = null;
        Count--;
    }
}
