using WasmChord.Memory64;

namespace WasmChord.Inference;

/// <summary>
/// The keys and values of all sequences of a model, in pages of native memory that never exceed a limit. A page holds
/// some positions of all layers. Thread-safe; a <see cref="KvSequence"/> is for one thread at a time.
/// </summary>
public sealed class KvCache : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Stack<NativeBuffer> _free = [];
    private long _limitBytes, _heldPages;
    private bool _isDisposed;

    /// <summary>Creates an empty cache, whose limit is zero.</summary>
    /// <param name="config">The model.</param>
    /// <param name="type">In which type rows are kept.</param>
    /// <param name="pagePositions">Positions of a page.</param>
    /// <exception cref="InferenceException">The model's heads are not whole blocks of the type, or a page exceeds 2 GiB.</exception>
    public KvCache(ModelConfig config, KvType type, int pagePositions = 32)
    {
        ArgumentNullException.ThrowIfNull(config);
        Layout = new KvLayout(config, type, pagePositions);
        PageBytes = NativeBuffer.SizeOf(Layout.PageBytes);
    }

    /// <summary>Positions of a page.</summary>
    public int PagePositions => Layout.PagePositions;

    /// <summary>Memory of a page.</summary>
    public long PageBytes { get; }

    /// <summary>What pages may take together. Below what sequences hold, it takes effect as they let go.</summary>
    public long LimitBytes
    {
        get
        {
            lock (_lock) return _limitBytes;
        }

        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            lock (_lock)
            {
                if (!_isDisposed) _limitBytes = value;
                Trim();
            }
        }
    }

    /// <summary>Memory that sequences use.</summary>
    public long UsedBytes
    {
        get
        {
            lock (_lock) return (_heldPages - _free.Count) * PageBytes;
        }
    }

    /// <summary>Memory that is held: what sequences use, and pages ready for the next.</summary>
    public long HeldBytes
    {
        get
        {
            lock (_lock) return _heldPages * PageBytes;
        }
    }

    internal KvLayout Layout { get; }

    /// <summary>Pages that a number of positions takes.</summary>
    public int PagesFor(int positions) => (int)(((long)positions + PagePositions - 1) / PagePositions);

    /// <summary>Creates an empty sequence; its owner disposes it.</summary>
    public KvSequence CreateSequence() => new(this);

    /// <summary>Gives free pages back; those in use follow as their sequences are disposed.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            _limitBytes = 0;
            Trim();
        }
    }

    internal NativeBuffer? TryRent()
    {
        lock (_lock)
        {
            if (_free.TryPop(out NativeBuffer? page)) return page;
            if (_isDisposed || (_heldPages + 1) * PageBytes > _limitBytes) return null;
            page = new NativeBuffer(Layout.PageBytes);
            _heldPages++;
            return page;
        }
    }

    internal void Return(NativeBuffer page)
    {
        lock (_lock)
        {
            _free.Push(page);
            Trim();
        }
    }

    private void Trim()
    {
        while (_heldPages * PageBytes > _limitBytes && _free.TryPop(out NativeBuffer? page))
        {
            page.Dispose();
            _heldPages--;
        }
    }
}
