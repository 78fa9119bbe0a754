using Wasmtime;

namespace WasmChord.Memory64;

/// <summary>
/// A compiled module and who has it: the engine as long as it remembers it, and every handle. The last to leave frees it;
/// of handles that nobody disposed, the wrapper's finalizer does. From any thread.
/// </summary>
internal sealed class CompiledModule(Module module, GuestModuleInfo info, string hash)
{
    private readonly Lock _lock = new();
    private int _holders = 1; // the engine

    /// <summary>The module.</summary>
    public Module Module { get; } = module;

    /// <summary>What its check found.</summary>
    public GuestModuleInfo Info { get; } = info;

    /// <summary>SHA-256 of the binary.</summary>
    public string Hash { get; } = hash;

    /// <summary>Bytes of its compiled image.</summary>
    public long ByteLength { get; } = WasmtimeNative.ImageBytes(module);

    /// <summary>True once it is freed.</summary>
    public bool IsFreed { get; private set; }

    /// <summary>One more has it; false when it is freed.</summary>
    public bool TryEnter()
    {
        lock (_lock)
        {
            if (IsFreed) return false;
            _holders++;
            return true;
        }
    }

    /// <summary>One has it no longer.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            if (--_holders > 0) return;
            IsFreed = true;
        }

        Module.Dispose();
    }
}
