using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace WasmChord.Memory64;

/// <summary>
/// Reads past the page cache (<c>O_DIRECT</c>, Linux on x64 and arm64). Direct reads move whole pages. Where the
/// destination's address and the file offset agree modulo the page, one system call lands the whole pages in place and
/// the ragged ends in a small bounce buffer, of which only the wanted bytes are copied; otherwise everything passes
/// through a bounded scratch buffer.
/// </summary>
public sealed unsafe class DirectStorage : FileStorage
{
    private const int PageBytes = 4096;
    private const int MaxAlignment = 1 << 20;
    private const int MaxReadsInFlight = 32;
    private const int MaxScratchCount = 2;
    private const int MaxScratchBytes = 1 << 20;
    private const int MaxRetries = 100;

    private readonly long _alignment;
    private readonly long _requestBytes;
    private readonly AlignedBufferPool _bounce;
    private readonly AlignedBufferPool _scratch;

    private DirectStorage(string path, SafeFileHandle handle, StorageIdentity identity, int alignment, int requestBytes)
        : base(path, handle, identity)
    {
        _alignment = alignment;
        _requestBytes = Up(requestBytes);
        _bounce = new AlignedBufferPool(2 * alignment, alignment, MaxReadsInFlight);
        _scratch = new AlignedBufferPool((int)Math.Min(_requestBytes, Math.Max(MaxScratchBytes, alignment)), alignment, MaxScratchCount);
    }

    /// <inheritdoc/>
    public override StorageMode Mode => StorageMode.Direct;

    /// <summary>What address and file offset must agree modulo for bytes to land in place: 4,096, or more on odd devices.</summary>
    public long Alignment => _alignment;

    /// <inheritdoc/>
    public override long BufferBytes => _bounce.HeldBytes + _scratch.HeldBytes;

    /// <inheritdoc/>
    public override long MaxBufferBytes => _bounce.MaxBytes + _scratch.MaxBytes;

    /// <summary>Opens a file; false and the reason where the platform, the file system or the device refuses direct reads.</summary>
    /// <exception cref="StorageException">The file cannot be opened in any way.</exception>
    public static bool TryOpen(string path, StorageOptions options, [NotNullWhen(true)] out DirectStorage? storage, out string refusal)
    {
        options.Validate();
        storage = null;
        refusal = "the platform has no direct reads";
        if (!Posix.IsSupported) return false;
        SafeFileHandle? handle = Posix.OpenDirect(path, out int errno);
        if (handle is null)
        {
            if (errno != Posix.ErrorInvalid)
                throw new StorageException(StorageError.CannotOpen, path, -1, "a readable file", Marshal.GetPInvokeErrorMessage(errno), errno);
            refusal = "the file system refuses O_DIRECT";
            return false;
        }
        DirectStorage? opened = null;
        try
        {
            FileStatus status = StatusOf(handle, path);
            int alignment = Math.Max(PageBytes, status.DirectAlignmentBytes);
            if (!int.IsPow2(alignment) || alignment > MaxAlignment)
            {
                refusal = $"the device wants direct reads aligned to {alignment} bytes";
                return false;
            }
            opened = new DirectStorage(path, handle, status.Identity, alignment, options.RequestBytes);
            if (!opened.AcceptsReads(out refusal)) return false;
            storage = opened;
            return true;
        }
        finally
        {
            if (storage is null)
            {
                opened?.Dispose();
                handle.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _bounce.Dispose();
        _scratch.Dispose();
    }

    private protected override void ReadExactly(long fileOffset, byte* destination, long byteLength)
    {
        bool inPlace = (((long)destination - fileOffset) & (_alignment - 1)) == 0;
        AlignedBufferPool pool = inPlace ? _bounce : _scratch;
        byte* buffer = pool.Rent();
        try
        {
            if (inPlace) ReadInPlace(fileOffset, destination, byteLength, buffer);
            else ReadThrough(fileOffset, destination, byteLength, buffer);
        }
        finally
        {
            pool.Return(buffer);
        }
    }

    /// <summary>Whole pages to their place; the first and the last partial page to the two pages of the bounce buffer.</summary>
    private void ReadInPlace(long offset, byte* destination, long byteLength, byte* bounce)
    {
        byte* headPage = bounce, tailPage = bounce + _alignment;
        IoVector* vectors = stackalloc IoVector[3];
        long end = offset + byteLength;
        for (long position = offset; position < end;)
        {
            long from = Down(position);
            long to = Math.Min(Up(end), from + _requestBytes);
            long wantedTo = Math.Min(end, to);
            long wholeFrom = Math.Min(Up(position), to);
            long wholeTo = Math.Max(wholeFrom, Down(wantedTo));
            int count = 0;
            if (wholeFrom > from) vectors[count++] = new IoVector(headPage, _alignment);
            if (wholeTo > wholeFrom) vectors[count++] = new IoVector(destination + (wholeFrom - offset), wholeTo - wholeFrom);
            if (to > wholeTo) vectors[count++] = new IoVector(tailPage, _alignment);

            long gotTo = Math.Min(from + Transfer(vectors, count, from, to - from), wantedTo);
            // A call cut short in the middle is taken up at the last whole page; one cut short at once is the end.
            long reached = gotTo == wantedTo ? gotTo : Down(gotTo);
            if (reached <= position) throw Ended(offset, byteLength, Math.Max(gotTo, from));
            if (wholeFrom > from)
                Copy(headPage + (position - from), destination + (position - offset), Math.Min(reached, wholeFrom) - position);
            if (reached > wholeTo && to > wholeTo)
                Copy(tailPage, destination + (wholeTo - offset), reached - wholeTo);
            position = reached;
        }
    }

    private void ReadThrough(long offset, byte* destination, long byteLength, byte* scratch)
    {
        long end = offset + byteLength;
        for (long position = offset; position < end;)
        {
            long from = Down(position);
            long to = Math.Min(Up(end), from + _scratch.BufferBytes);
            IoVector vector = new(scratch, to - from);
            long wantedTo = Math.Min(end, to);
            long gotTo = Math.Min(from + Transfer(&vector, 1, from, to - from), wantedTo);
            long reached = gotTo == wantedTo ? gotTo : Down(gotTo);
            if (reached <= position) throw Ended(offset, byteLength, Math.Max(gotTo, from));
            Copy(scratch + (position - from), destination + (position - offset), reached - position);
            position = reached;
        }
    }

    private long Transfer(IoVector* vectors, int count, long from, long byteLength)
    {
        for (int retries = 0; ; retries++)
        {
            nint read = Posix.ReadVectors(Handle, vectors, count, from);
            if (read >= 0) return read;
            int errno = Marshal.GetLastPInvokeError();
            if (errno is Posix.ErrorInterrupted or Posix.ErrorTryAgain && retries < MaxRetries) continue;
            throw new StorageException(StorageError.Io, Name, from, $"{byteLength} bytes", $"error {errno}: {Marshal.GetPInvokeErrorMessage(errno)}", errno);
        }
    }

    /// <summary>Some file systems accept the flag and refuse the read, so one page is read before anything depends on it.</summary>
    private bool AcceptsReads(out string refusal)
    {
        byte* page = _bounce.Rent();
        try
        {
            IoVector vector = new(page, _alignment);
            Transfer(&vector, 1, 0, _alignment);
            refusal = string.Empty;
            return true;
        }
        catch (StorageException e) when (e.Errno == Posix.ErrorInvalid)
        {
            refusal = $"a direct read of {_alignment} bytes is refused";
            return false;
        }
        finally
        {
            _bounce.Return(page);
        }
    }

    private static void Copy(byte* source, byte* destination, long byteLength) =>
        Buffer.MemoryCopy(source, destination, byteLength, byteLength);

    private long Down(long offset) => offset & -_alignment;

    private long Up(long offset) => (offset + _alignment - 1) & -_alignment;
}
