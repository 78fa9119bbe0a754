namespace WasmChord.Actors;

/// <summary>
/// Requests that wait for their turn: the highest priority first, equals in order of arrival. Nobody overtakes among
/// equals, so that a large request is not starved by small ones.
/// </summary>
internal sealed class WaitingLine<T> where T : class
{
    private readonly SortedDictionary<(int, long), T> _line = [];
    private readonly Dictionary<T, (int, long)> _places = [];

    /// <summary>How many wait.</summary>
    public int Count => _line.Count;

    /// <summary>Those who wait, the next one first.</summary>
    public IEnumerable<T> All => _line.Values;

    /// <summary>The next one; null when nobody waits.</summary>
    public T? First => _line.Count == 0 ? null : _line.First().Value;

    /// <summary>Adds one.</summary>
    /// <param name="item">Who.</param>
    /// <param name="priority">Higher goes first.</param>
    /// <param name="arrival">When it came: a number that grows.</param>
    public void Add(T item, int priority, long arrival)
    {
        // A bitwise complement turns the order around without overflow.
        (int, long) place = (~priority, arrival);
        _places.Add(item, place);
        _line.Add(place, item);
    }

    /// <summary>Removes one; false when it does not wait.</summary>
    public bool Remove(T item) => _places.Remove(item, out (int, long) place) && _line.Remove(place);
}
