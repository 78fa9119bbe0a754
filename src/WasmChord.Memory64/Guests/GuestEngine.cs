using System.Security.Cryptography;
using Wasmtime;

namespace WasmChord.Memory64;

/// <summary>
/// Compiles guests' modules and keeps what it compiled. One engine serves any number of guests on any threads. A metered
/// one counts instructions, which costs guests some of their speed.
/// </summary>
public sealed class GuestEngine : IDisposable
{
    /// <summary>Least and most bytes of stack that guests' own calls may be given: the host's functions need the rest of a thread's.</summary>
    public const int SmallestStackBytes = 64 << 10, LargestStackBytes = 1 << 20;

    /// <summary>Bytes of stack where nothing else is said.</summary>
    public const int DefaultStackBytes = 512 << 10;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<CompiledModule>> _compiled = [];
    private readonly LinkedList<CompiledModule> _recency = new(); // most recently asked for first
    private readonly int _capacity;
    private readonly long _byteCapacity;
    private bool _disposed;

    /// <summary>Creates an engine.</summary>
    /// <param name="isMetered">Whether guests' instructions are counted, so that <see cref="GuestLimits.Fuel"/> can bound them.</param>
    /// <param name="compiledModules">Compiled modules that are kept; the least recently used goes first.</param>
    /// <param name="compiledBytes">Bytes of compiled images that are kept; a larger one is compiled anew each time.</param>
    /// <param name="stackBytes">Stack for guests' own calls.</param>
    /// <exception cref="PlatformNotSupportedException">The platform offers no mappings that the project could lend.</exception>
    public GuestEngine(bool isMetered = false, int compiledModules = 64, long compiledBytes = 256L << 20, int stackBytes = DefaultStackBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(compiledModules);
        ArgumentOutOfRangeException.ThrowIfNegative(compiledBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(stackBytes, SmallestStackBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(stackBytes, LargestStackBytes);
        _capacity = compiledModules;
        _byteCapacity = compiledBytes;
        IsMetered = isMetered;
        // What the check of modules does not know, the engine does not have either. Compilation stays on the calling thread.
        Weights = new WeightsEngine(config => config
            .WithFuelConsumption(isMetered)
            .WithEpochInterruption(true)
            .WithMaximumStackSize(stackBytes)
            .WithWasmThreads(false)
            .WithGc(false)
            .WithFunctionReferences(false)
            .WithExceptions(false)
            .WithComponentModel(false)
            .WithParallelCompilation(false));
        Clock = new GuestClock(Weights.Engine, Free);
    }

    /// <summary>Whether guests' instructions are counted.</summary>
    public bool IsMetered { get; }

    /// <summary>Compilations that were spared because the module was there.</summary>
    public long CompiledHits { get; private set; }

    /// <summary>Modules compiled.</summary>
    public long Compilations { get; private set; }

    /// <summary>Bytes of the compiled images that are kept now.</summary>
    public long CompiledBytes { get; private set; }

    internal WeightsEngine Weights { get; }

    internal GuestClock Clock { get; }

    /// <summary>Checks and compiles a module, or finds it among those compiled before.</summary>
    /// <param name="binary">A WebAssembly binary; for text, see <see cref="BinaryOf"/>.</param>
    /// <param name="limits">Bounds its size, and how long compiling may take.</param>
    /// <returns>The module, for the caller to dispose when its guests are made.</returns>
    /// <exception cref="GuestModuleException">It is malformed, too large, could write to weights, or uses what guests do not have.</exception>
    public GuestModule Compile(ReadOnlySpan<byte> binary, GuestLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        if (binary.Length > limits.ModuleBytes)
            throw new GuestModuleException(GuestModuleError.TooLarge, $"the module has {binary.Length} bytes, {limits.ModuleBytes} are allowed");
        string hash = Convert.ToHexStringLower(SHA256.HashData(binary));
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_compiled.TryGetValue(hash, out LinkedListNode<CompiledModule>? node) && node.Value.TryEnter())
            {
                _recency.Remove(node);
                _recency.AddFirst(node);
                CompiledHits++;
                return new GuestModule(node.Value);
            }
        }

        GuestModuleLimits bounds = new() { MaximumModuleBytes = (int)Math.Min(limits.ModuleBytes, int.MaxValue), MaximumCompileTime = limits.CompileTime };
        GuestModuleInfo info = GuestModuleReader.Read(binary, bounds);
        Module compiled;
        try
        {
            compiled = Module.FromBytes(Weights.Engine, hash, binary);
        }
        catch (WasmtimeException e)
        {
            throw new GuestModuleException(GuestModuleError.Malformed, e.Message.Trim());
        }

        return Keep(new CompiledModule(compiled, info, hash));
    }

    /// <summary>Checks and compiles a module from a file that is either WebAssembly text or binary; its size is looked at first.</summary>
    /// <inheritdoc cref="Compile"/>
    public GuestModule CompileFile(ReadOnlySpan<byte> file, GuestLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        return file.Length <= limits.ModuleBytes
            ? Compile(BinaryOf(file), limits)
            : throw new GuestModuleException(GuestModuleError.TooLarge, $"the module's file has {file.Length} bytes, {limits.ModuleBytes} are allowed");
    }

    /// <summary>The binary of a file that is either WebAssembly text or already binary.</summary>
    /// <exception cref="GuestModuleException">The text is wrong; the message says where.</exception>
    public static byte[] BinaryOf(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith("\0asm"u8)) return file.ToArray();
        try
        {
            return Module.ConvertText(System.Text.Encoding.UTF8.GetString(file));
        }
        catch (WasmtimeException e)
        {
            throw new GuestModuleException(GuestModuleError.Malformed, $"neither a WebAssembly binary nor its text: {e.Message.Trim()}");
        }
    }

    /// <summary>Ends the engine: no guest may run any more, and those that do are told to stop. What they run on is freed with the last.</summary>
    public void Dispose()
    {
        lock (_lock) _disposed = true;
        Clock.Dispose();
    }

    private void Free()
    {
        lock (_lock)
        {
            foreach (CompiledModule module in _recency) module.Leave();
            _recency.Clear();
            _compiled.Clear();
            CompiledBytes = 0;
        }

        Weights.Dispose();
    }

    private GuestModule Keep(CompiledModule module)
    {
        List<CompiledModule> forgotten = [];
        GuestModule handle;
        lock (_lock)
        {
            Compilations++;
            // Compiled twice at once: both are the same.
            bool isTwin = _compiled.TryGetValue(module.Hash, out LinkedListNode<CompiledModule>? other);
            CompiledModule kept = isTwin ? other!.Value : module;
            if (isTwin) forgotten.Add(module);
            kept.TryEnter();
            handle = new GuestModule(kept);
            if (!isTwin)
            {
                _compiled.Add(module.Hash, _recency.AddFirst(module));
                CompiledBytes += module.ByteLength;
            }

            while (_compiled.Count > _capacity || CompiledBytes > _byteCapacity)
            {
                CompiledModule last = _recency.Last!.Value;
                _recency.RemoveLast();
                _compiled.Remove(last.Hash);
                CompiledBytes -= last.ByteLength;
                forgotten.Add(last);
            }
        }

        foreach (CompiledModule unused in forgotten) unused.Leave();
        return handle;
    }
}
