namespace WasmChord.Memory64;

/// <summary>
/// Recency within the layer: gives up the least recent candidate of the layer that has most bytes of candidates; of
/// several such layers, the one visited last, whose turn comes last. So every layer keeps about as much. Across layers
/// that a pass visits in turn, plain recency would give up just what comes next.
/// </summary>
internal sealed class LayerRecency : ICandidateOrder
{
    private readonly SegmentTable _table;
    private readonly int[] _layerOf;   // (segment) → index of its layer
    private readonly long[] _bytes;    // (layer) → bytes of its candidates
    private readonly int[] _next;      // (segment, then one sentinel per layer)
    private readonly int[] _previous;
    private readonly long[] _stamp;    // (segment) → when it was added
    private long _clock;

    public LayerRecency(SegmentTable table)
    {
        _table = table;
        _layerOf = new int[table.Count];
        _stamp = new long[table.Count];
        int layer = -1;
        foreach (Segment s in table.Segments)
        {
            if (s.Id.Value == 0 || table[new SegmentId(s.Id.Value - 1)].Layer != s.Layer) layer++;
            _layerOf[s.Id.Value] = layer;
        }
        _bytes = new long[layer + 1];
        _next = new int[table.Count + _bytes.Length];
        _previous = new int[table.Count + _bytes.Length];
        for (int i = table.Count; i < _next.Length; i++) _next[i] = _previous[i] = i;
    }

    public void Add(SegmentId segment)
    {
        int s = segment.Value, sentinel = _table.Count + _layerOf[s], last = _previous[sentinel];
        _bytes[_layerOf[s]] += _table[segment].ByteLength;
        _stamp[s] = ++_clock;
        (_next[s], _previous[s]) = (sentinel, last);
        _next[last] = _previous[sentinel] = s;
    }

    public void Remove(SegmentId segment)
    {
        int s = segment.Value;
        _bytes[_layerOf[s]] -= _table[segment].ByteLength;
        _next[_previous[s]] = _next[s];
        _previous[_next[s]] = _previous[s];
    }

    public bool TryFirst(out SegmentId segment)
    {
        int best = 0;
        for (int layer = 1; layer < _bytes.Length; layer++)
        {
            if (_bytes[layer] > _bytes[best] || (_bytes[layer] == _bytes[best] && _bytes[best] > 0 && LastStamp(layer) > LastStamp(best))) best = layer;
        }
        segment = default;
        if (_bytes.Length == 0 || _bytes[best] == 0) return false;
        segment = new SegmentId(_next[_table.Count + best]);
        return true;
    }

    private long LastStamp(int layer) => _stamp[_previous[_table.Count + layer]];
}
