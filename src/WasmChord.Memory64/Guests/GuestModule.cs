using Wasmtime;

namespace WasmChord.Memory64;

/// <summary>
/// A module that was checked and compiled: it cannot write to weights. Any number of guests run one at a time or at once;
/// each keeps what was compiled for itself, so whoever asked for it may dispose this as soon as its guests are made. What
/// was compiled is freed when the <see cref="GuestEngine"/> has forgotten it and nobody has it any more.
/// </summary>
public sealed class GuestModule : IDisposable
{
    private readonly CompiledModule _shared;
    private int _isDisposed;

    internal GuestModule(CompiledModule shared) => _shared = shared;

    /// <summary>What the check found.</summary>
    public GuestModuleInfo Info => _shared.Info;

    /// <summary>SHA-256 of the binary, in hexadecimal digits.</summary>
    public string Hash => _shared.Hash;

    /// <summary>Bytes of the compiled image: code, and what it needs of the module.</summary>
    public long CompiledBytes => _shared.ByteLength;

    internal bool IsFreed => _shared.IsFreed;

    internal Module Compiled => _shared.Module;

    /// <summary>Another handle to the same, for a guest.</summary>
    /// <exception cref="ObjectDisposedException">This handle was disposed.</exception>
    internal GuestModule Share()
    {
        ObjectDisposedException.ThrowIf(_isDisposed != 0 || !_shared.TryEnter(), this);
        return new GuestModule(_shared);
    }

    /// <summary>Lets go of what was compiled.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0) _shared.Leave();
    }
}
