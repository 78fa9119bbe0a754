namespace WasmChord.Memory64;

/// <summary>
/// Touches frames for the first time outside the image, each in a slot of its own, and moves them under what arrives: a
/// thread of its own does so ahead of need, the threads that read do it for what has none. It also counts the frames
/// that hold memory, so that populating, too, stays within the limit. States of a slot: free → being touched → ready →
/// free (its frame was moved away or returned); a reading thread moves what it touches at once.
/// </summary>
/// <remarks>
/// Where a virtual machine's host has to find memory first, a first touch is several times slower than reading the same
/// bytes from storage: it is done beside the reads, not before them. Touched by a fault and in a mapping of its own,
/// since populating by <c>madvise</c> holds the lock of the address space, and a fault that of its mapping, for
/// milliseconds, in which no frame of the image could be moved.
/// </remarks>
internal sealed unsafe class PopulatedFrames : IDisposable
{
    // Reading threads need a slot each while they touch; more of them than this take turns.
    private const int ReaderSlots = 16;

    private readonly object _lock = new();
    private readonly long _frameBytes;
    private readonly int _aheadCount;
    private readonly Action _onProgress;
    private readonly RegionMapping _mapping;
    private readonly Stack<int> _free;
    private readonly Stack<int> _ready = new();
    private readonly Thread _thread;
    private int _limitFrames;
    private int _usedFrames;
    private bool _isPopulating;
    private bool _isEnded;
    private bool _isStarted;

    /// <summary>Reserves the slots; nothing is populated before <see cref="SetLimit"/>.</summary>
    /// <param name="aheadCount">Most frames that are kept ready; 0 to populate nothing ahead.</param>
    /// <param name="frameBytes">Size of a frame.</param>
    /// <param name="onProgress">Told, on the populating thread, that a frame has become ready.</param>
    /// <exception cref="RegionException">The operating system refused the address space.</exception>
    public PopulatedFrames(int aheadCount, long frameBytes, Action onProgress)
    {
        _frameBytes = frameBytes;
        _aheadCount = aheadCount;
        _onProgress = onProgress;
        int slots = aheadCount + ReaderSlots;
        _free = new Stack<int>(Enumerable.Range(0, slots));
        _mapping = RegionMapping.Reserve(2 * slots * frameBytes, hugePages: true);
        // A gap behind each slot keeps the slots mappings of their own, each with a lock of its own.
        for (int i = 0; i < slots; i++) LinuxMemory.Protect(Slot(i) + frameBytes, frameBytes, LinuxMemory.ProtNone);
        _thread = new Thread(Run) { IsBackground = true, Name = "frame-populator" };
        _isEnded = aheadCount == 0;
    }

    /// <summary>Frames that count: in use or spare in the image, ready, and the one being populated ahead.</summary>
    public int HeldCount
    {
        get
        {
            lock (_lock) return Held;
        }
    }

    /// <summary>Frames that can be filled without touching one for the first time; <see cref="int.MaxValue"/> when no more are populated ahead.</summary>
    public int PresentCount
    {
        get
        {
            lock (_lock) return _isEnded ? int.MaxValue : _usedFrames + _ready.Count;
        }
    }

    /// <summary>True when the limit, or as much as is populated ahead, has been reached, or populating has ended.</summary>
    public bool IsFull
    {
        get
        {
            lock (_lock) return _isEnded || _ready.Count >= _aheadCount || _usedFrames + _ready.Count >= _limitFrames;
        }
    }

    private int Held => _usedFrames + _ready.Count + (_isPopulating ? 1 : 0);

    /// <summary>
    /// Sets how many frames may count at most, and returns ready ones that are too many; used ones are the caller's to
    /// return (<see cref="Return"/>). May wait for one frame to be populated.
    /// </summary>
    public void SetLimit(int frames)
    {
        lock (_lock)
        {
            _limitFrames = frames;
            do
            {
                while (Held > _limitFrames && _ready.TryPop(out int slot)) Drop(slot);
            }
            while (Held > _limitFrames && _isPopulating && Monitor.Wait(_lock));
            Monitor.PulseAll(_lock);
            if (_isStarted || _isEnded) return;
            _isStarted = true;
            _thread.Start();
        }
    }

    /// <summary>
    /// Counts a frame as used. True when one that was ready has been moved to its place; false when its memory is yet to
    /// come (<see cref="Fill"/>). Where a frame that is just being populated would exceed the limit then, waits for it.
    /// </summary>
    public bool Take(byte* place)
    {
        lock (_lock)
        {
            while (_ready.Count == 0 && _isPopulating && Held >= _limitFrames) Monitor.Wait(_lock);
            bool moved = TryMoveReady(place);
            _usedFrames++;
            return moved;
        }
    }

    /// <summary>Brings memory to the place of a frame that <see cref="Take"/> has counted; what is there is lost.</summary>
    public void Fill(byte* place)
    {
        int slot;
        lock (_lock)
        {
            if (TryMoveReady(place)) return;
            while (!_free.TryPop(out slot)) Monitor.Wait(_lock);
        }

        LinuxMemory.Touch(Slot(slot), _frameBytes);
        lock (_lock)
        {
            if (LinuxMemory.Move(Slot(slot), place, _frameBytes))
            {
                Free(slot);
                return;
            }

            // Too many mappings, or a kernel without the call: the place is touched by whoever reads into it.
            LinuxMemory.Advise(place, _frameBytes, LinuxMemory.AdviseHugePage);
            Drop(slot);
        }
    }

    /// <summary>Used frames do not count any more: their memory was returned, or never came.</summary>
    public void Return(int frames)
    {
        lock (_lock)
        {
            _usedFrames -= frames;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Ends populating ahead and returns the ready frames; used ones still count until they are returned.</summary>
    public void End()
    {
        lock (_lock)
        {
            _isEnded = true;
            Monitor.PulseAll(_lock);
            while (_isPopulating) Monitor.Wait(_lock);
            while (_ready.TryPop(out int slot)) Drop(slot);
        }
    }

    /// <summary>Ends populating and gives up the slots; nobody may be filling any more.</summary>
    public void Dispose()
    {
        End();
        _mapping.Dispose();
    }

    private void Run()
    {
        while (TryBegin(out int slot))
        {
            LinuxMemory.Touch(Slot(slot), _frameBytes);
            lock (_lock)
            {
                _isPopulating = false;
                _ready.Push(slot);
                Monitor.PulseAll(_lock);
            }

            _onProgress();
        }
    }

    private bool TryBegin(out int slot)
    {
        lock (_lock)
        {
            slot = -1;
            while (!_isEnded && (_ready.Count >= _aheadCount || Held >= _limitFrames || !_free.TryPop(out slot))) Monitor.Wait(_lock);
            if (_isEnded && slot >= 0) Free(slot);
            return _isPopulating = !_isEnded;
        }
    }

    private bool TryMoveReady(byte* place)
    {
        while (_ready.TryPop(out int slot))
        {
            if (LinuxMemory.Move(Slot(slot), place, _frameBytes))
            {
                Free(slot);
                return true;
            }

            Drop(slot);
        }

        return false;
    }

    private void Drop(int slot)
    {
        LinuxMemory.Advise(Slot(slot), _frameBytes, LinuxMemory.AdviseDontNeed);
        Free(slot);
    }

    private void Free(int slot)
    {
        _free.Push(slot);
        Monitor.PulseAll(_lock);
    }

    private byte* Slot(int index) => _mapping.Start + 2 * index * _frameBytes;
}
