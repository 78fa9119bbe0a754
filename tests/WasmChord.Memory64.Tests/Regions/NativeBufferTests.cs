namespace WasmChord.Memory64.Tests;

public sealed class NativeBufferTests
{
    [Theory]
    [InlineData(1, 4096)]
    [InlineData(4096, 4096)]
    [InlineData(4097, 8192)]
    [InlineData(3 << 20, 3 << 20)]
    public void NativeBuffer_OfALength_IsZeroedWritableAndCountedInPages(int length, long held)
    {
        using NativeBuffer buffer = new(length);
        Assert.Equal((length, held, held), (buffer.Length, buffer.HeldBytes, NativeBuffer.SizeOf(length)));
        Assert.Equal(length, buffer.Span.Length);
        Assert.Equal(-1, buffer.Span.IndexOfAnyExcept((byte)0));
        buffer.Span.Fill(7);
        Assert.Equal(-1, buffer.Span.IndexOfAnyExcept((byte)7));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void NativeBuffer_OfNoLength_IsRefused(int length) => Assert.Throws<ArgumentOutOfRangeException>(() => new NativeBuffer(length));

    [Fact]
    public void Span_AfterDispose_IsRefused()
    {
        NativeBuffer buffer = new(100);
        buffer.Dispose();
        buffer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => buffer.Span.Length);
    }

    [Fact]
    public void Dispose_OfABuffer_GivesItsPagesBackAtOnce()
    {
        const int Length = 256 << 20;
        long before = ProcessMemory.Sample().PrivateBytes;
        NativeBuffer buffer = new(Length);
        buffer.Span.Fill(1);
        long full = ProcessMemory.Sample().PrivateBytes;
        buffer.Dispose();
        long after = ProcessMemory.Sample().PrivateBytes;
        if (!OperatingSystem.IsLinux()) return;
        // Other tests allocate meanwhile, but not as much.
        Assert.InRange(full - before, Length / 2, long.MaxValue);
        Assert.InRange(full - after, Length / 2, long.MaxValue);
    }
}
