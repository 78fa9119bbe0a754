namespace WasmChord.Inference;

/// <summary>A binary heap of possible merges, the smallest key first. Kept by an encoder from word to word.</summary>
internal sealed class MergeQueue
{
    private ulong[] _keys = new ulong[64];
    private int[] _values = new int[64];

    internal int Count { get; private set; }

    internal void Clear() => Count = 0;

    /// <summary>Adds an entry in any order; <see cref="Heapify"/> must follow before <see cref="Dequeue"/>.</summary>
    internal void Append(ulong key, int value)
    {
        if (Count == _keys.Length)
        {
            Array.Resize(ref _keys, Count * 2);
            Array.Resize(ref _values, Count * 2);
        }

        _keys[Count] = key;
        _values[Count++] = value;
    }

    internal void Heapify()
    {
        for (int i = Count / 2 - 1; i >= 0; i--) SiftDown(i, _keys[i], _values[i]);
    }

    internal void Enqueue(ulong key, int value)
    {
        Append(key, value);
        int i = Count - 1;
        for (int parent = (i - 1) / 2; i > 0 && _keys[parent] > key; i = parent, parent = (i - 1) / 2)
        {
            _keys[i] = _keys[parent];
            _values[i] = _values[parent];
        }

        _keys[i] = key;
        _values[i] = value;
    }

    internal (ulong Key, int Value) Dequeue()
    {
        (ulong, int) top = (_keys[0], _values[0]);
        Count--;
        if (Count > 0) SiftDown(0, _keys[Count], _values[Count]);
        return top;
    }

    private void SiftDown(int i, ulong key, int value)
    {
        for (int child = 2 * i + 1; child < Count; child = 2 * i + 1)
        {
            if (child + 1 < Count && _keys[child + 1] < _keys[child]) child++;
            if (_keys[child] >= key) break;
            _keys[i] = _keys[child];
            _values[i] = _values[child];
            i = child;
        }

        _keys[i] = key;
        _values[i] = value;
    }
}
