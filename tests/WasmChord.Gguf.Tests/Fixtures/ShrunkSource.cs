namespace WasmChord.Gguf.Tests;

/// <summary>A file that became shorter after it was opened: it says one length and delivers less.</summary>
internal sealed class ShrunkSource(byte[] bytes, int delivered) : IGgufSource
{
    public string Name => "shrunk.gguf";

    public long Length => bytes.Length;

    public ValueTask<int> ReadAsync(Memory<byte> buffer, long offset, CancellationToken cancellationToken = default)
    {
        int count = (int)Math.Clamp(delivered - offset, 0, buffer.Length);
        bytes.AsSpan((int)offset, count).CopyTo(buffer.Span);
        return ValueTask.FromResult(count);
    }

    public void Dispose()
    {
    }
}
