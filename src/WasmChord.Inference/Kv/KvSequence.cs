using WasmChord.Memory64;

namespace WasmChord.Inference;

/// <summary>The cached keys and values of one sequence of tokens.</summary>
public sealed class KvSequence : IDisposable
{
    private readonly KvCache _cache;
    private readonly List<NativeBuffer> _pages = [];
    private bool _isDisposed;

    internal KvSequence(KvCache cache) => _cache = cache;

    /// <summary>Positions that are cached.</summary>
    public int Length { get; private set; }

    /// <summary>Positions that there is room for.</summary>
    public int Capacity => _pages.Count * _cache.PagePositions;

    /// <summary>Memory of its pages.</summary>
    public long HeldBytes => _pages.Count * _cache.PageBytes;

    internal KvLayout Layout => _cache.Layout;

    /// <summary>Makes room.</summary>
    /// <param name="positions">For how many positions in all.</param>
    /// <returns>False when the cache's limit does not allow it; what room there was stays.</returns>
    public bool TryGrow(int positions)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        int before = _pages.Count, wanted = _cache.PagesFor(positions);
        while (_pages.Count < wanted)
        {
            if (_cache.TryRent() is { } page)
            {
                _pages.Add(page);
                continue;
            }

            ReturnPages(before);
            return false;
        }

        return true;
    }

    /// <summary>Forgets positions, and returns the pages that are no longer needed.</summary>
    /// <param name="length">Positions that stay.</param>
    public void Truncate(int length)
    {
        if (length < 0 || length > Length) throw new ArgumentOutOfRangeException(nameof(length), length, $"not between 0 and {Length}");
        Length = length;
        ReturnPages(_cache.PagesFor(length));
    }

    /// <summary>Returns all pages.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        Length = 0;
        ReturnPages(0);
    }

    internal Span<byte> Page(int index) => _pages[index].Span;

    internal void Append(int positions) => Length += positions;

    private void ReturnPages(int kept)
    {
        for (int i = _pages.Count - 1; i >= kept; i--)
        {
            _cache.Return(_pages[i]);
            _pages.RemoveAt(i);
        }
    }
}
