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

    /// <summary>
    /// Bytes of stack that a thread should have on which guests run: the system's default, which threads get otherwise, may
    /// be less than a guest's stack and the host functions on top of it.
    /// </summary>
    public const int ThreadStackBytes = 8 << 20;

    private readonly CompiledModules _modules;

    /// <summary>Creates an engine.</summary>
    /// <param name="isMetered">Whether guests' instructions are counted, so that <see cref="GuestLimits.Fuel"/> can bound them.</param>
    /// <param name="compiledModules">Compiled modules that are kept; the least recently used goes first.</param>
    /// <param name="compiledBytes">Bytes of compiled images that are kept; a larger one is compiled anew each time.</param>
    /// <param name="stackBytes">Stack for guests' own calls.</param>
    /// <param name="compilations">Modules that are compiled at a time; further ones wait.</param>
    /// <exception cref="PlatformNotSupportedException">The platform offers no mappings that the project could lend.</exception>
    public GuestEngine(
        bool isMetered = false, int compiledModules = 64, long compiledBytes = 256L << 20, int stackBytes = DefaultStackBytes, int compilations = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(compilations);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(compiledModules);
        ArgumentOutOfRangeException.ThrowIfNegative(compiledBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(stackBytes, SmallestStackBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(stackBytes, LargestStackBytes);
        _modules = new CompiledModules(compiledModules, compiledBytes, compilations);
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

    /// <summary>Compilations that were spared because the module was there, or was being compiled for another.</summary>
    public long CompiledHits => _modules.Hits;

    /// <summary>Modules compiled.</summary>
    public long Compilations => _modules.Count;

    /// <summary>Bytes of the compiled images that are kept now.</summary>
    public long CompiledBytes => _modules.ByteLength;

    internal WeightsEngine Weights { get; }

    internal GuestClock Clock { get; }

    /// <summary>
    /// Checks and compiles a module, or finds it among those compiled before. Where others are being compiled it waits,
    /// and where another thread compiles this one it waits for that.
    /// </summary>
    /// <param name="binary">A WebAssembly binary; for text, see <see cref="BinaryOf"/>.</param>
    /// <param name="limits">Bounds its size, and how long compiling may take.</param>
    /// <param name="goesFirst">Whether it is compiled before all others that wait without saying so.</param>
    /// <param name="cancellation">Ends a wait; compiling itself can't be interrupted.</param>
    /// <returns>The module, for the caller to dispose when its guests are made.</returns>
    /// <exception cref="GuestModuleException">It is malformed, too large, could write to weights, or uses what guests do not have.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled while it waited.</exception>
    public GuestModule Compile(ReadOnlySpan<byte> binary, GuestLimits limits, bool goesFirst = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(limits);
        if (binary.Length > limits.ModuleBytes)
            throw new GuestModuleException(GuestModuleError.TooLarge, $"the module has {binary.Length} bytes, {limits.ModuleBytes} are allowed");
        string hash = Convert.ToHexStringLower(SHA256.HashData(binary));
        if (_modules.Find(hash) is { } known) return known;
        GuestModuleLimits bounds = new() { MaximumModuleBytes = (int)Math.Min(limits.ModuleBytes, int.MaxValue), MaximumCompileTime = limits.CompileTime };
        GuestModuleInfo info = GuestModuleReader.Read(binary, bounds);
        if (_modules.Await(hash, goesFirst, cancellation, out CompiledModules.Compilation? turn) is { } compiled) return compiled;
        CompiledModule module;
        try
        {
            module = new CompiledModule(Module.FromBytes(Weights.Engine, hash, binary), info, hash);
        }
        catch (WasmtimeException e)
        {
            string text = e.Message.Length <= GuestText.LongestMessage ? e.Message.Trim() : GuestText.CauseOf(e);
            return _modules.Finish(turn!, null, new GuestModuleException(GuestModuleError.Malformed, text));
        }
        catch (Exception e)
        {
            return _modules.Finish(turn!, null, e);
        }

        return _modules.Finish(turn!, module, null);
    }

    /// <summary>Checks and compiles a module from a file that is either WebAssembly text or binary; its size is looked at first.</summary>
    /// <inheritdoc cref="Compile"/>
    public GuestModule CompileFile(ReadOnlySpan<byte> file, GuestLimits limits, bool goesFirst = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(limits);
        if (file.Length > limits.ModuleBytes)
            throw new GuestModuleException(GuestModuleError.TooLarge, $"the module's file has {file.Length} bytes, {limits.ModuleBytes} are allowed");
        return Compile(IsBinary(file) ? file : BinaryOf(file, limits), limits, goesFirst, cancellation);
    }

    /// <summary>
    /// The binary of a file that is either WebAssembly text or already binary. Text is converted by code that can't be
    /// interrupted, and takes time with the square of its length: so it is bounded.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="limits">Bounds the bytes of text; null for the default.</param>
    /// <exception cref="GuestModuleException">The text is wrong, and the message says where; or it is too long.</exception>
    public static byte[] BinaryOf(ReadOnlySpan<byte> file, GuestLimits? limits = null)
    {
        if (IsBinary(file)) return file.ToArray();
        long allowed = (limits ?? new GuestLimits()).TextBytes;
        if (file.Length > allowed)
        {
            throw new GuestModuleException(GuestModuleError.TooLarge,
                $"WebAssembly text of {file.Length} bytes, {allowed} are allowed: convert it to a binary, such as with wat2wasm");
        }

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
        _modules.Close();
        Clock.Dispose();
    }

    private void Free()
    {
        _modules.Clear();
        Weights.Dispose();
    }

    private static bool IsBinary(ReadOnlySpan<byte> file) => file.StartsWith("\0asm"u8);
}
