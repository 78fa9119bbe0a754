using System.Runtime.ExceptionServices;

namespace WasmChord.Memory64;

/// <summary>
/// The modules that an engine has compiled, and those that it is compiling: no more at a time than places, for each takes
/// a core and much memory, and each module once, however many ask for it. From any thread; whoever asks waits.
/// States of a compilation: waiting → compiling → done. It waits as long as somebody asks for it, and the first of these
/// whose turn it is compiles, for all of them.
/// </summary>
internal sealed class CompiledModules(int capacity, long byteCapacity, int places)
{
    private readonly object _monitor = new();
    private readonly Dictionary<string, LinkedListNode<CompiledModule>> _kept = [];
    private readonly LinkedList<CompiledModule> _recency = new(); // most recently asked for first
    private readonly Dictionary<string, Compilation> _compilations = [];
    private readonly LinkedList<Compilation> _first = new(), _others = new(); // those that wait for a place
    private int _free = places;
    private bool _isClosed;

    /// <summary>Compilations that were spared because the module was there, or was being compiled.</summary>
    public long Hits { get; private set; }

    /// <summary>Modules compiled.</summary>
    public long Count { get; private set; }

    /// <summary>Bytes of the compiled images that are kept now.</summary>
    public long ByteLength { get; private set; }

    /// <summary>Finds a module that was compiled before.</summary>
    /// <returns>A handle; null where it has to be compiled.</returns>
    public GuestModule? Find(string hash)
    {
        lock (_monitor)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (!_kept.TryGetValue(hash, out LinkedListNode<CompiledModule>? node) || !node.Value.TryEnter()) return null;
            _recency.Remove(node);
            _recency.AddFirst(node);
            Hits++;
            return new GuestModule(node.Value);
        }
    }

    /// <summary>Waits for a module that another thread compiles, or for the turn to compile it.</summary>
    /// <param name="hash">Names it.</param>
    /// <param name="goesFirst">Whether it goes before all that do not.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <param name="turn">Where there is no module: what the caller is to compile now, and then to <see cref="Finish"/>, whatever comes of it.</param>
    /// <returns>A handle; null where the caller is to compile.</returns>
    /// <exception cref="OperationCanceledException">It was stopped while it waited.</exception>
    public GuestModule? Await(string hash, bool goesFirst, CancellationToken stop, out Compilation? turn)
    {
        using CancellationTokenRegistration wake = stop.UnsafeRegister(static s => ((CompiledModules)s!).Wake(), this);
        lock (_monitor)
        {
            turn = null;
            // It may have become known while this thread looked at it.
            if (Find(hash) is { } known) return known;
            Compilation compilation = Join(hash, goesFirst);
            if (!WaitForTurn(compilation, stop)) return compilation.Take();
            turn = compilation;
            return null;
        }
    }

    /// <summary>Hands what was compiled to all who wait for it, each of whom gets a hold on it before it can be forgotten.</summary>
    /// <param name="turn">What <see cref="Await"/> gave.</param>
    /// <param name="module">The module; null where there is none.</param>
    /// <param name="failure">Why there is none.</param>
    /// <returns>A handle for the caller.</returns>
    public GuestModule Finish(Compilation turn, CompiledModule? module, Exception? failure)
    {
        List<CompiledModule> forgotten = [];
        lock (_monitor)
        {
            _free++;
            _compilations.Remove(turn.Hash);
            turn.Finish(module, failure);
            if (module is not null)
            {
                Count++;
                Hits += turn.Waiting - 1;
                for (int i = 0; i < turn.Waiting; i++) module.TryEnter();
                Keep(module, forgotten);
            }

            Monitor.PulseAll(_monitor);
        }

        foreach (CompiledModule unused in forgotten) unused.Leave();
        return turn.Take();
    }

    /// <summary>Lets nobody find or compile any more; who compiles ends, who waits is told.</summary>
    public void Close()
    {
        lock (_monitor)
        {
            _isClosed = true;
            Monitor.PulseAll(_monitor);
        }
    }

    /// <summary>Lets go of all modules; call it once closed.</summary>
    public void Clear()
    {
        lock (_monitor)
        {
            foreach (CompiledModule module in _recency) module.Leave();
            _recency.Clear();
            _kept.Clear();
            ByteLength = 0;
        }
    }

    private void Wake()
    {
        lock (_monitor) Monitor.PulseAll(_monitor);
    }

    private Compilation Join(string hash, bool goesFirst)
    {
        if (!_compilations.TryGetValue(hash, out Compilation? compilation))
        {
            compilation = new Compilation(hash);
            _compilations.Add(hash, compilation);
            _others.AddLast(compilation.Place);
        }

        if (goesFirst && compilation.Place.List == _others)
        {
            _others.Remove(compilation.Place);
            _first.AddLast(compilation.Place);
        }

        compilation.Waiting++;
        return compilation;
    }

    /// <summary>Waits, within the monitor.</summary>
    /// <returns>True when the caller is to compile; false when it is done.</returns>
    private bool WaitForTurn(Compilation compilation, CancellationToken stop)
    {
        while (!compilation.IsDone)
        {
            if (stop.IsCancellationRequested || _isClosed)
            {
                if (--compilation.Waiting == 0 && compilation.Place.List is { } line)
                {
                    line.Remove(compilation.Place);
                    _compilations.Remove(compilation.Hash);
                    Monitor.PulseAll(_monitor); // another may be the next now
                }

                ObjectDisposedException.ThrowIf(_isClosed, this);
                throw new OperationCanceledException(stop);
            }

            if (_free > 0 && (_first.First ?? _others.First) == compilation.Place)
            {
                _free--;
                compilation.Place.List!.Remove(compilation.Place);
                Monitor.PulseAll(_monitor);
                return true;
            }

            Monitor.Wait(_monitor);
        }

        return false;
    }

    private void Keep(CompiledModule module, List<CompiledModule> forgotten)
    {
        if (_isClosed)
        {
            forgotten.Add(module);
            return;
        }

        _kept.Add(module.Hash, _recency.AddFirst(module));
        ByteLength += module.ByteLength;
        while (_kept.Count > capacity || ByteLength > byteCapacity)
        {
            CompiledModule last = _recency.Last!.Value;
            _recency.RemoveLast();
            _kept.Remove(last.Hash);
            ByteLength -= last.ByteLength;
            forgotten.Add(last);
        }
    }

    /// <summary>A module that somebody compiles, or waits to compile.</summary>
    internal sealed class Compilation
    {
        private CompiledModule? _module;
        private ExceptionDispatchInfo? _failure;

        public Compilation(string hash)
        {
            Hash = hash;
            Place = new LinkedListNode<Compilation>(this);
        }

        /// <summary>Names the module.</summary>
        public string Hash { get; }

        /// <summary>Its place among those that wait; in no list once somebody compiles.</summary>
        public LinkedListNode<Compilation> Place { get; }

        /// <summary>Who asks for it, those who compile included.</summary>
        public int Waiting { get; set; }

        /// <summary>Whether it was compiled, or failed.</summary>
        public bool IsDone => _module is not null || _failure is not null;

        /// <summary>It is done.</summary>
        public void Finish(CompiledModule? module, Exception? failure)
        {
            _module = module;
            _failure = failure is null ? null : ExceptionDispatchInfo.Capture(failure);
        }

        /// <summary>What came of it, for one of those who asked.</summary>
        public GuestModule Take()
        {
            _failure?.Throw();
            return new GuestModule(_module!);
        }
    }
}
