namespace WasmChord.Gguf.Tests.Sources;

public class GgufSourceTests
{
    [Fact]
    public async Task File_AnyOffset_IsRead()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllBytesAsync(folder.File("f"), [1, 2, 3, 4, 5]);
        using FileGgufSource source = new(folder.File("f"));
        byte[] buffer = new byte[3];

        Assert.Equal((5L, folder.File("f")), (source.Length, source.Name));
        Assert.Equal(3, await source.ReadAsync(buffer, 1));
        Assert.Equal([2, 3, 4], buffer);
        Assert.Equal(1, await source.ReadAsync(buffer, 4));
        Assert.Equal(0, await source.ReadAsync(buffer, 5));
        source.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await source.ReadAsync(buffer, 0));
    }

    [Fact]
    public void File_Empty_OpensAsASource()
    {
        using TemporaryFolder folder = new();
        File.WriteAllBytes(folder.File("f"), []);
        using FileGgufSource source = new(folder.File("f"));

        Assert.Equal(0, source.Length);
        Assert.Throws<ArgumentException>(() => new FileGgufSource(""));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stream_Disposed_ClosesUnlessLeftOpen(bool leaveOpen)
    {
        MemoryStream stream = new([1, 2, 3]);
        StreamGgufSource source = new(stream, "s", leaveOpen);
        byte[] buffer = new byte[2];
        Assert.Equal(2, await source.ReadAsync(buffer, 1));
        Assert.Equal((3L, "s"), (source.Length, source.Name));

        source.Dispose();

        Assert.Equal(leaveOpen, stream.CanRead);
    }

    [Fact]
    public async Task Stream_ConcurrentReads_DoNotMix()
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        using StreamGgufSource source = new(new MemoryStream(bytes));

        bool[] right = await Task.WhenAll(Enumerable.Range(0, 200).Select(offset => Task.Run(async () =>
        {
            byte[] buffer = new byte[16];
            return await source.ReadAsync(buffer, offset) == 16 && buffer.AsSpan().SequenceEqual(bytes.AsSpan(offset, 16));
        })));

        Assert.All(right, Assert.True);
    }

    [Fact]
    public async Task Stream_WrongUse_IsRefused()
    {
        using StreamGgufSource source = new(new MemoryStream([1]));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await source.ReadAsync(new byte[1], -1));
        using System.IO.Compression.DeflateStream forwardOnly = new(new MemoryStream(), System.IO.Compression.CompressionMode.Decompress);
        Assert.Throws<ArgumentException>(() => new StreamGgufSource(forwardOnly));
    }
}
