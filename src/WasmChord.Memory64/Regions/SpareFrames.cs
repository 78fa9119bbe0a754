namespace WasmChord.Memory64;

/// <summary>
/// The frames of an image that hold memory which nothing uses, each at its own place: the last to become spare is taken
/// first, and any one can be taken by its number.
/// </summary>
internal sealed class SpareFrames
{
    private readonly List<int> _frames = [];
    private readonly int[] _placeOf; // 1 + index in _frames; 0 for a frame that is not spare

    public SpareFrames(int frameCount) => _placeOf = new int[frameCount];

    public int Count => _frames.Count;

    public void Push(int frame)
    {
        if (_placeOf[frame] != 0) throw new InvalidOperationException($"frame {frame} is spare already");
        _frames.Add(frame);
        _placeOf[frame] = _frames.Count;
    }

    public bool TryPop(out int frame)
    {
        frame = _frames.Count == 0 ? -1 : _frames[^1];
        return frame >= 0 && TryTake(frame);
    }

    /// <summary>Takes a frame if it is spare; the last one moves to its place.</summary>
    public bool TryTake(int frame)
    {
        int place = _placeOf[frame];
        if (place == 0) return false;
        int last = _frames[^1];
        _frames[place - 1] = last;
        _placeOf[last] = place;
        _frames.RemoveAt(_frames.Count - 1);
        _placeOf[frame] = 0;
        return true;
    }

    public void Clear()
    {
        foreach (int frame in _frames) _placeOf[frame] = 0;
        _frames.Clear();
    }
}
