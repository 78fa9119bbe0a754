using System.Security.Cryptography;
using Wasmtime;

namespace WasmChord.Memory64;

/// <summary>
/// Compiles guests' modules and keeps what it compiled. One engine serves any number of guests on any threads. A metered
/// one counts instructions, which costs guests some of their speed.
/// </summary>
public sealed class GuestEngine : IDisposable
{
    /// <summary>Stack that a guest's own calls may use, in bytes.</summary>
    public const int StackBytes = 512 << 10;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<GuestModule>> _compiled = [];
    private readonly LinkedList<GuestModule> _recency = new(); // most recently asked for first
    private readonly int _capacity;
    private bool _disposed;

    /// <summary>Creates an engine.</summary>
    /// <param name="isMetered">Whether guests' instructions are counted, so that <see cref="GuestLimits.Fuel"/> can bound them.</param>
    /// <param name="compiledModules">Compiled modules that are kept; the least recently used goes first.</param>
    /// <exception cref="PlatformNotSupportedException">The platform offers no mappings that the project could lend.</exception>
    public GuestEngine(bool isMetered = false, int compiledModules = 64)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(compiledModules);
        _capacity = compiledModules;
        IsMetered = isMetered;
        // What the check of modules does not know, the engine does not have either. Compilation stays on the calling thread.
        Weights = new WeightsEngine(config => config
            .WithFuelConsumption(isMetered)
            .WithEpochInterruption(true)
            .WithMaximumStackSize(StackBytes)
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

    internal WeightsEngine Weights { get; }

    internal GuestClock Clock { get; }

    /// <summary>Checks and compiles a module, or finds it among those compiled before.</summary>
    /// <param name="binary">A WebAssembly binary; for text, see <see cref="BinaryOf"/>.</param>
    /// <param name="limits">Bounds its size.</param>
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
            if (_compiled.TryGetValue(hash, out LinkedListNode<GuestModule>? node))
            {
                _recency.Remove(node);
                _recency.AddFirst(node);
                CompiledHits++;
                return node.Value;
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

        return Keep(new GuestModule(compiled, info, hash));
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
            foreach (GuestModule module in _recency) module.Compiled.Dispose();
            _recency.Clear();
            _compiled.Clear();
        }

        Weights.Dispose();
    }

    private GuestModule Keep(GuestModule module)
    {
        lock (_lock)
        {
            Compilations++;
            if (_compiled.TryGetValue(module.Hash, out LinkedListNode<GuestModule>? other))
            {
                // Compiled twice at once: both are the same.
                module.Compiled.Dispose();
                return other.Value;
            }

            _compiled.Add(module.Hash, _recency.AddFirst(module));
            // Guests that still run what is forgotten here hold its code themselves, and the handle's finalizer frees the rest.
            if (_compiled.Count <= _capacity) return module;
            _compiled.Remove(_recency.Last!.Value.Hash);
            _recency.RemoveLast();
            return module;
        }
    }
}
