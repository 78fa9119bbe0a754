namespace WasmChord.Gguf.Tests;

/// <summary>A source that delivers at most so many bytes a read, as files on networks do.</summary>
internal sealed class StutteringSource(byte[] bytes, int most) : IGgufSource
{
    public string Name => "stuttering.gguf";

    public long Length => bytes.Length;

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        int count = (int)Math.Min(Math.Min(buffer.Length, most), bytes.Length - offset);
        bytes.AsSpan((int)offset, count).CopyTo(buffer.Span);
        return count;
    }

    public void Dispose()
    {
    }
}
