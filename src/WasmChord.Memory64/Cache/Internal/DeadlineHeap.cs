namespace WasmChord.Memory64;

/// <summary>Open requests, the earliest deadline first; each entry knows its place, so that it can leave from the middle.</summary>
internal sealed class DeadlineHeap
{
    private CacheEntry[] _entries = new CacheEntry[16];

    public int Count { get; private set; }

    public CacheEntry? First => Count > 0 ? _entries[0] : null;

    public void Add(CacheEntry entry)
    {
        if (Count == _entries.Length) Array.Resize(ref _entries, 2 * Count);
        Rise(entry, Count++);
    }

    public void Remove(CacheEntry entry)
    {
        int hole = entry.HeapIndex;
        if (hole < 0) return;
        entry.HeapIndex = -1;
        CacheEntry last = _entries[--Count];
        _entries[Count] = null!;
        if (last == entry) return;
        Sink(last, hole);
        if (last.HeapIndex == hole) Rise(last, hole);
    }

    private void Rise(CacheEntry entry, int index)
    {
        for (int parent; index > 0 && _entries[parent = (index - 1) / 2].Deadline > entry.Deadline; index = parent)
            Put(_entries[parent], index);
        Put(entry, index);
    }

    private void Sink(CacheEntry entry, int index)
    {
        while (2 * index + 1 is int child && child < Count)
        {
            if (child + 1 < Count && _entries[child + 1].Deadline < _entries[child].Deadline) child++;
            if (_entries[child].Deadline >= entry.Deadline) break;
            Put(_entries[child], index);
            index = child;
        }
        Put(entry, index);
    }

    private void Put(CacheEntry entry, int index)
    {
        _entries[index] = entry;
        entry.HeapIndex = index;
    }
}
