using System.Text;

namespace WasmChord.Cli.Tests;

public sealed class TextFileTests
{
    [Fact]
    public async Task ReadBytes_StreamWithoutEnd_IsRefusedAtTheLimit()
    {
        ToolException e = await Assert.ThrowsAsync<ToolException>(() => TextFile.ReadBytesAsync(new Endless(), "zeros", CancellationToken.None));
        Assert.Equal("too_large", e.Code);
        Assert.Contains("zeros", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadText_FileWithAMark_IsReadWithoutIt()
    {
        string path = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(path, [.. Encoding.UTF8.Preamble, .. "Grüße"u8]);
            Assert.Equal("Grüße", await TextFile.ReadTextAsync(path, CancellationToken.None));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private sealed class Endless : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => count;

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
