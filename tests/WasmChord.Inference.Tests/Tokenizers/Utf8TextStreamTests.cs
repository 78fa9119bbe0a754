using System.Text;

namespace WasmChord.Inference.Tests;

public sealed class Utf8TextStreamTests
{
    [Fact]
    public void Text_CutAnywhere_ComesWholeCharactersAtATime()
    {
        const string text = "a\u00e9\u20ac\U0001F600\u4e2d!";
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        Utf8TextStream stream = new();
        StringBuilder all = new();
        foreach (byte value in utf8)
        {
            string part = stream.Push([value]).ToString();
            Assert.DoesNotContain('\uFFFD', part);
            Assert.Equal(part, new string([.. part.EnumerateRunes().SelectMany(r => r.ToString())]));
            all.Append(part);
        }

        Assert.Equal(text, all.ToString());
        Assert.Equal("", stream.Flush().ToString());
    }

    [Fact]
    public void Bytes_CutAtRandom_GiveWhatDecodingAllOfThemGives()
    {
        Random random = new(7);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = TokenizerText.RandomBytes(random);
            Utf8TextStream stream = new();
            StringBuilder all = new();
            for (int at = 0; at < bytes.Length;)
            {
                int length = random.Next(0, Math.Min(5, bytes.Length - at) + 1);
                all.Append(stream.Push(bytes.AsSpan(at, length)));
                Assert.InRange(stream.PendingBytes, 0, 3);
                at += length;
            }

            all.Append(stream.Flush());
            Assert.Equal(Encoding.UTF8.GetString(bytes), all.ToString());
        }
    }

    [Theory]
    [InlineData(new byte[] { 0xC3 }, 1)]
    [InlineData(new byte[] { 0xE2, 0x82 }, 2)]
    [InlineData(new byte[] { 0xF0, 0x9F, 0x98 }, 3)]
    public void Rest_ThatNeverComes_IsOneReplacementAtTheEnd(byte[] bytes, int pending)
    {
        Utf8TextStream stream = new();

        Assert.Equal("", stream.Push(bytes).ToString());
        Assert.Equal(pending, stream.PendingBytes);
        Assert.Equal("\uFFFD", stream.Flush().ToString());
        Assert.Equal("", stream.Flush().ToString());
        Assert.Equal("b", stream.Push("b"u8).ToString());
    }

    [Fact]
    public void Reset_WithBytesWaiting_ForgetsThem()
    {
        Utf8TextStream stream = new();
        stream.Push([0xE2, 0x82]);

        stream.Reset();

        Assert.Equal("x", stream.Push("x"u8).ToString());
    }

    [Fact]
    public void Push_OfSmallPieces_AllocatesNothing()
    {
        Utf8TextStream stream = new();
        byte[] piece = [0x82, 0xAC, (byte)'a', 0xE2];
        stream.Push([0xE2]);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 10_000; i++) stream.Push(piece);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
