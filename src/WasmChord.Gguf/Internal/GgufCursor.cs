using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;

namespace WasmChord.Gguf.Internal;

/// <summary>
/// Reads the fields of a GGUF header in order. Every length is held against the bytes that exist before anything is
/// allocated or skipped, so the memory it takes is bounded by its buffer and the largest value asked for.
/// </summary>
internal sealed class GgufCursor : IDisposable
{
    private const int BufferBytes = 256 * 1024;

    private readonly SourceStream _stream;
    private readonly PipeReader _pipe;
    private readonly CancellationToken _cancellationToken;
    private ReadOnlySequence<byte> _buffer = ReadOnlySequence<byte>.Empty;
    private bool _holdsRead;

    /// <param name="source">Where the bytes come from; stays open.</param>
    /// <param name="position">Where to begin.</param>
    /// <param name="end">The first byte that may not be read; at most the source's length.</param>
    /// <param name="cancellationToken">Ends every read.</param>
    public GgufCursor(IGgufSource source, long position, long end, CancellationToken cancellationToken)
    {
        Name = source.Name;
        Position = position;
        End = end;
        _cancellationToken = cancellationToken;
        _stream = new SourceStream(source, position);
        long left = Math.Max(end - position, 256);
        _pipe = PipeReader.Create(_stream, new StreamPipeReaderOptions(bufferSize: (int)Math.Min(BufferBytes, left), leaveOpen: true));
    }

    public string Name { get; }

    public long Position { get; private set; }

    public long End { get; }

    public long Remaining => End - Position;

    public long BytesRead => _stream.BytesRead;

    public bool IsBigEndian { get; set; }

    /// <summary>Bytes of a count or length: 4 in version 1, 8 since.</summary>
    public int LengthBytes { get; set; } = 8;

    public void Dispose() => _pipe.Complete();

    /// <summary>
    /// Buffers the next <paramref name="count"/> bytes, or as many as there are. What reads at once, below, reads what
    /// this has buffered: one wait for a whole entry, not one for each of its fields.
    /// </summary>
    public ValueTask PrefetchAsync(long count)
    {
        long wanted = Math.Min(count, Remaining);
        return _buffer.Length >= wanted ? default : FillAsync(wanted);
    }

    /// <summary>Reads a prefetched number of 1, 2, 4 or 8 bytes.</summary>
    public ulong ReadUnsigned(int size)
    {
        Span<byte> bytes = stackalloc byte[8];
        Span<byte> value = bytes[..size];
        ReadOnlySpan<byte> first = _buffer.FirstSpan;
        if (first.Length >= size) first[..size].CopyTo(value);
        else if (_buffer.Length >= size) _buffer.Slice(0, size).CopyTo(value);
        else throw Truncated(size);
        Consume(size);
        if (IsBigEndian) value.Reverse();
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }

    /// <summary>Reads a prefetched 32-bit number.</summary>
    public uint ReadUInt32() => (uint)ReadUnsigned(4);

    /// <summary>Reads a prefetched count or length.</summary>
    public ulong ReadLength() => ReadUnsigned(LengthBytes);

    /// <summary>Reads the prefetched length of a string, held against what is left.</summary>
    public long ReadStringLength(string what)
    {
        long at = Position;
        ulong length = ReadLength();
        if (length > (ulong)Remaining) throw LengthExceedsFile(length, at, what);
        return (long)length;
    }

    /// <summary>Reads a prefetched string.</summary>
    /// <exception cref="DecoderFallbackException">The encoding is strict, and the bytes are not in it.</exception>
    public string ReadText(int byteCount, Encoding encoding)
    {
        if (_buffer.Length < byteCount) throw Truncated(byteCount);
        string text = encoding.GetString(_buffer.Slice(0, byteCount));
        Consume(byteCount);
        return text;
    }

    /// <summary>Copies the next bytes out, through the buffer; <paramref name="destination"/> is filled whole.</summary>
    public async ValueTask CopyToAsync(Memory<byte> destination)
    {
        while (destination.Length > 0)
        {
            if (destination.Length > Remaining) throw Truncated(destination.Length);
            if (_buffer.IsEmpty) await PrefetchAsync(1).ConfigureAwait(false);
            int count = (int)Math.Min(destination.Length, _buffer.Length);
            _buffer.Slice(0, count).CopyTo(destination.Span);
            Consume(count);
            destination = destination[count..];
        }
    }

    /// <summary>Passes over bytes; those that are not buffered are not read.</summary>
    public void Skip(long count)
    {
        if (count > Remaining) throw Truncated(count);
        if (count <= _buffer.Length)
        {
            Consume(count);
            return;
        }
        _stream.Skip(count - _buffer.Length);
        Position += count;
        Release();
    }

    /// <summary>
    /// Passes over <paramref name="count"/> strings. The lengths must be walked to find the end of an array of strings:
    /// whole strings inside one buffer take a tight loop, only those that straddle two take the general way.
    /// </summary>
    public async ValueTask SkipStringsAsync(long count, string what)
    {
        while (count > 0)
        {
            int passed = PassStrings(_buffer.FirstSpan, ref count);
            if (passed > 0) Consume(passed);
            if (count == 0) return;
            await PrefetchAsync(LengthBytes).ConfigureAwait(false);
            Skip(ReadStringLength(what));
            count--;
        }
    }

    public GgufFormatException Error(GgufError error, string message, long offset) =>
        new(error, $"{Name}: {message} (at byte {offset})", offset);

    private GgufFormatException LengthExceedsFile(ulong length, long at, string what) => Error(
        GgufError.LengthExceedsFile, $"{what} is {length} bytes long, but only {Remaining} bytes are left", at);

    private GgufFormatException Truncated(long needed) => Error(
        GgufError.Truncated, $"{needed} bytes expected, but the file ends after {Remaining}", Position);

    private int PassStrings(ReadOnlySpan<byte> span, ref long count)
    {
        int lengthBytes = LengthBytes, at = 0;
        bool bigEndian = IsBigEndian;
        while (count > 0 && span.Length - at >= lengthBytes)
        {
            ReadOnlySpan<byte> rest = span[at..];
            ulong length = lengthBytes == 8
                ? bigEndian ? BinaryPrimitives.ReadUInt64BigEndian(rest) : BinaryPrimitives.ReadUInt64LittleEndian(rest)
                : bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(rest) : BinaryPrimitives.ReadUInt32LittleEndian(rest);
            if (length > (ulong)(rest.Length - lengthBytes)) break;
            at += lengthBytes + (int)length;
            count--;
        }
        return at;
    }

    private void Consume(long count)
    {
        _buffer = _buffer.Slice(count);
        Position += count;
    }

    private async ValueTask FillAsync(long count)
    {
        if (count > int.MaxValue) throw Error(GgufError.ValueTooLarge, $"{count} bytes do not fit one buffer", Position);
        if (_holdsRead) _pipe.AdvanceTo(_buffer.Start, _buffer.End);
        _holdsRead = false;
        ReadResult result = await _pipe.ReadAtLeastAsync((int)count, _cancellationToken).ConfigureAwait(false);
        _buffer = result.Buffer;
        _holdsRead = true;
        if (_buffer.Length < count)
            throw Error(GgufError.Truncated, $"{count} bytes expected, but the source delivered only {_buffer.Length}", Position);
    }

    private void Release()
    {
        if (_holdsRead) _pipe.AdvanceTo(_buffer.End);
        _holdsRead = false;
        _buffer = ReadOnlySequence<byte>.Empty;
    }
}
