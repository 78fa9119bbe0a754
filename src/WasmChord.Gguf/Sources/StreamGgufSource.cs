namespace WasmChord.Gguf;

/// <summary>Any seekable stream. Offsets count from the stream's first byte; concurrent reads take turns.</summary>
public sealed class StreamGgufSource : IGgufSource
{
    private readonly Stream _stream;
    private readonly bool _leaveOpen;
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Wraps <paramref name="stream"/>, whose position nobody else may move while the source lives.</summary>
    /// <param name="stream">A readable, seekable stream.</param>
    /// <param name="name">What error messages call it.</param>
    /// <param name="leaveOpen">True to leave the stream open when the source is disposed.</param>
    /// <exception cref="ArgumentException">The stream cannot seek or read.</exception>
    public StreamGgufSource(Stream stream, string name = "stream", bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        if (!stream.CanSeek || !stream.CanRead) throw new ArgumentException("the stream must read and seek", nameof(stream));
        _stream = stream;
        _leaveOpen = leaveOpen;
        Name = name;
        Length = stream.Length;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long Length { get; }

    /// <inheritdoc/>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            _stream.Position = offset;
            return await _stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Disposes the stream, unless it was to be left open.</summary>
    public void Dispose()
    {
        if (!_leaveOpen) _stream.Dispose();
        _turn.Dispose();
    }
}
