namespace WasmChord.Gguf.Tests;

/// <summary>A header in memory, followed by zeros up to the length of the file.</summary>
internal sealed class OverlaySource(ReadOnlyMemory<byte> header, long length, string name = "overlay.gguf") : IGgufSource
{
    public string Name => name;

    public long Length => length;

    public ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken = default)
    {
        int count = (int)Math.Clamp(length - offset, 0, buffer.Length);
        Span<byte> target = buffer.Span[..count];
        target.Clear();
        if (offset < header.Length)
        {
            ReadOnlySpan<byte> source = header.Span[(int)offset..];
            source[..Math.Min(source.Length, count)].CopyTo(target);
        }
        return ValueTask.FromResult(count);
    }

    public void Dispose()
    {
    }
}
