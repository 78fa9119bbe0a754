using System.Runtime.InteropServices;

namespace WasmChord.Memory64;

/// <summary>
/// A bounded set of aligned native buffers of one size, made when first needed and kept. Whoever rents returns; a
/// thread that finds all of them out waits for one. The pool frees what lies in it when disposed, and what is out then
/// when it comes back.
/// </summary>
internal sealed unsafe class AlignedBufferPool(int bufferBytes, int alignment, int maxCount) : IDisposable
{
    private readonly object _lock = new();
    private readonly nint[] _idle = new nint[maxCount];
    private int _idleCount;
    private int _madeCount;
    private bool _disposed;

    /// <summary>Size of each buffer.</summary>
    public int BufferBytes => bufferBytes;

    /// <summary>What all buffers made so far take.</summary>
    public long HeldBytes => (long)Volatile.Read(ref _madeCount) * bufferBytes;

    /// <summary>What they can take at most.</summary>
    public long MaxBytes => (long)maxCount * bufferBytes;

    /// <summary>A buffer with undefined content.</summary>
    /// <exception cref="ObjectDisposedException">The pool was disposed.</exception>
    public byte* Rent()
    {
        lock (_lock)
        {
            while (true)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                if (_idleCount > 0) return (byte*)_idle[--_idleCount];
                if (_madeCount < maxCount)
                {
                    byte* made = (byte*)NativeMemory.AlignedAlloc((nuint)bufferBytes, (nuint)alignment);
                    _madeCount++;
                    return made;
                }
                Monitor.Wait(_lock);
            }
        }
    }

    /// <summary>Gives a rented buffer back.</summary>
    public void Return(byte* buffer)
    {
        lock (_lock)
        {
            if (_disposed)
            {
                Free((nint)buffer);
                return;
            }
            _idle[_idleCount++] = (nint)buffer;
            Monitor.Pulse(_lock);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            while (_idleCount > 0) Free(_idle[--_idleCount]);
            Monitor.PulseAll(_lock);
        }
    }

    private void Free(nint buffer)
    {
        NativeMemory.AlignedFree((void*)buffer);
        _madeCount--;
    }
}
