namespace WasmChord.Memory64;

/// <summary>
/// Frames that a thread of its own populates before anything needs them, each in a slot of a mapping beside the image,
/// from where they are moved under what arrives. It also keeps the count of all frames that hold memory, so that
/// populating, too, stays within the limit. States of a slot: empty → being populated → ready → empty (its frame moved
/// away, or was returned).
/// </summary>
/// <remarks>
/// Where a virtual machine's host has to find the memory first, a first touch is several times slower than reading the
/// same bytes from storage, and no faster on the thread that reads: it is done beside the reads, not before them.
/// </remarks>
internal sealed unsafe class PopulatedFrames : IDisposable
{
    private readonly object _lock = new();
    private readonly long _frameBytes;
    private readonly int _slotCount;
    private readonly Action _onProgress;
    private readonly RegionMapping _slots;
    private readonly Thread _thread;
    private int _limitFrames;
    private int _usedFrames;
    private int _firstReady;
    private int _readyCount;
    private bool _isPopulating;
    private bool _isEnded;
    private bool _started;

    /// <summary>Reserves the slots; nothing is populated before <see cref="SetLimit"/>.</summary>
    /// <param name="slotCount">Most frames that are kept ready.</param>
    /// <param name="frameBytes">Size of a frame.</param>
    /// <param name="onProgress">Told, on the populating thread, that frames have become ready, or that no more will.</param>
    /// <exception cref="RegionException">The operating system refused the address space.</exception>
    public PopulatedFrames(int slotCount, long frameBytes, Action onProgress)
    {
        _frameBytes = frameBytes;
        _slotCount = slotCount;
        _onProgress = onProgress;
        _slots = RegionMapping.Reserve(slotCount * frameBytes, hugePages: frameBytes == ImageOptions.HugePageBytes);
        _thread = new Thread(Run) { IsBackground = true, Name = "frame-populator" };
    }

    /// <summary>Frames that hold memory: those in use or spare elsewhere, those that are ready, and the one being populated.</summary>
    public int HeldCount
    {
        get
        {
            lock (_lock) return Held;
        }
    }

    /// <summary>The same without the one being populated: what can be had at no cost.</summary>
    public int PresentCount
    {
        get
        {
            lock (_lock) return _usedFrames + _readyCount;
        }
    }

    /// <summary>True when no more frames will be populated: disposed, or the kernel cannot (before 5.14).</summary>
    public bool IsEnded
    {
        get
        {
            lock (_lock) return _isEnded;
        }
    }

    private int Held => _usedFrames + _readyCount + (_isPopulating ? 1 : 0);

    /// <summary>
    /// Sets how many frames may hold memory at most. Returns ready ones that are too many; used ones are the caller's to
    /// return (<see cref="Return"/>). May wait for one frame to be populated.
    /// </summary>
    public void SetLimit(int frames)
    {
        lock (_lock)
        {
            _limitFrames = frames;
            while (Held > _limitFrames && _readyCount > 0) DropOne();
            while (Held > _limitFrames && _isPopulating) Monitor.Wait(_lock);
            while (Held > _limitFrames && _readyCount > 0) DropOne();
            Monitor.PulseAll(_lock);
            if (_started || _isEnded) return;
            _started = true;
            _thread.Start();
        }
    }

    /// <summary>Moves a ready frame to a place in the image, where it counts as used; false when none is ready.</summary>
    public bool TryMoveTo(byte* destination)
    {
        lock (_lock)
        {
            while (_readyCount > 0)
            {
                bool moved = LinuxMemory.Move(Slot(_firstReady), destination, _frameBytes);
                if (!moved) LinuxMemory.Advise(Slot(_firstReady), _frameBytes, LinuxMemory.AdviseDontNeed);
                TakeOne();
                Monitor.PulseAll(_lock);
                if (!moved) continue;
                _usedFrames++;
                return true;
            }

            return false;
        }
    }

    /// <summary>
    /// Counts a fresh frame as used, whose memory comes when it is touched. Where that would exceed the limit because a
    /// frame is just being populated, it waits for that frame and returns false: it is to be taken instead.
    /// </summary>
    public bool TryTakeFresh()
    {
        lock (_lock)
        {
            while (_isPopulating && Held >= _limitFrames) Monitor.Wait(_lock);
            if (_readyCount > 0) return false;
            _usedFrames++;
            return true;
        }
    }

    /// <summary>Used frames have been returned to the operating system.</summary>
    public void Return(int frames)
    {
        lock (_lock)
        {
            _usedFrames -= frames;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Ends populating and returns the ready frames; used ones still count until they are returned.</summary>
    public void End()
    {
        lock (_lock)
        {
            _isEnded = true;
            Monitor.PulseAll(_lock);
            while (_isPopulating) Monitor.Wait(_lock);
            while (_readyCount > 0) DropOne();
        }
    }

    /// <summary>Ends populating and gives up the slots.</summary>
    public void Dispose()
    {
        End();
        _slots.Dispose();
    }

    private void Run()
    {
        while (TryBegin(out byte* slot))
        {
            bool populated = LinuxMemory.Advise(slot, _frameBytes, LinuxMemory.AdvisePopulateWrite);
            lock (_lock)
            {
                _isPopulating = false;
                if (populated) _readyCount++;
                else _isEnded = true;
                Monitor.PulseAll(_lock);
            }

            _onProgress();
        }
    }

    private bool TryBegin(out byte* slot)
    {
        lock (_lock)
        {
            while (!_isEnded && (_readyCount == _slotCount || Held >= _limitFrames)) Monitor.Wait(_lock);
            _isPopulating = !_isEnded;
            slot = _isPopulating ? Slot((_firstReady + _readyCount) % _slotCount) : null;
            return _isPopulating;
        }
    }

    private void DropOne()
    {
        LinuxMemory.Advise(Slot(_firstReady), _frameBytes, LinuxMemory.AdviseDontNeed);
        TakeOne();
    }

    private void TakeOne()
    {
        _firstReady = (_firstReady + 1) % _slotCount;
        _readyCount--;
    }

    private byte* Slot(int index) => _slots.Start + index * _frameBytes;
}
