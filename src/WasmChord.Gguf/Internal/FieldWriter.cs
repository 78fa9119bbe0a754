using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace WasmChord.Gguf.Internal;

/// <summary>Writes the fields of a version 3 header to a stream, through a buffer of bounded size.</summary>
internal sealed class FieldWriter(Stream destination, bool bigEndian)
{
    private const int FlushBytes = 64 * 1024;

    private readonly PipeWriter _pipe =
        PipeWriter.Create(destination, new StreamPipeWriterOptions(minimumBufferSize: FlushBytes, leaveOpen: true));

    public bool IsBigEndian => bigEndian;

    /// <summary>Bytes written so far.</summary>
    public long Position { get; private set; }

    public void Unsigned(ulong value, int size)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        Span<byte> used = bytes[..size];
        if (bigEndian) used.Reverse();
        Bytes(used);
    }

    public void UInt32(uint value) => Unsigned(value, 4);

    public void Length(long value) => Unsigned((ulong)value, 8);

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        _pipe.Write(bytes);
        Position += bytes.Length;
    }

    public void ByteString(ReadOnlySpan<byte> bytes)
    {
        Length(bytes.Length);
        Bytes(bytes);
    }

    public void Zeros(long count)
    {
        Span<byte> zeros = stackalloc byte[256];
        zeros.Clear();
        for (; count > 0; count -= zeros.Length) Bytes(zeros[..(int)Math.Min(count, zeros.Length)]);
    }

    /// <summary>Hands the buffer on once it is worth a write. Called between values, so that no array grows it.</summary>
    public async ValueTask YieldAsync(CancellationToken cancellationToken)
    {
        if (_pipe.UnflushedBytes >= FlushBytes) await _pipe.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes out what is buffered; the stream stays open.</summary>
    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        await _pipe.FlushAsync(cancellationToken).ConfigureAwait(false);
        await _pipe.CompleteAsync().ConfigureAwait(false);
    }
}
