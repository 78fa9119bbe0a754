namespace WasmChord.Gguf.Internal;

/// <summary>
/// The forward-only view of a source that a <see cref="System.IO.Pipelines.PipeReader"/> pulls from. It can be told to
/// jump over bytes that nobody needs, and counts those it delivered. It does not own the source.
/// </summary>
internal sealed class SourceStream(IGgufSource source, long position) : Stream
{
    private long _position = position;

    public long BytesRead { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    /// <summary>Passes over <paramref name="count"/> bytes without reading them.</summary>
    public void Skip(long count) => _position += count;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        long left = source.Length - _position;
        if (left <= 0 || buffer.Length == 0) return 0;
        if (buffer.Length > left) buffer = buffer[..(int)left];
        int count = await source.ReadAsync(buffer, _position, cancellationToken).ConfigureAwait(false);
        _position += count;
        BytesRead += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
