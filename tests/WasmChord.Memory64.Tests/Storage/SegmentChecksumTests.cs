using System.IO.Hashing;

namespace WasmChord.Memory64.Tests;

public sealed unsafe class SegmentChecksumTests
{
    [Fact]
    public void Compute_NoBytes_IsTheReferenceValue()
    {
        // XXH3_64bits of the empty input with seed 0, as xxHash's own test vectors have it.
        Assert.Equal(0x2D06800538D394C2UL, SegmentChecksum.Compute(null, 0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(240)]
    [InlineData(241)]
    [InlineData(100_003)]
    public void Compute_Bytes_IsXxHash3HoweverItIsCut(int length)
    {
        byte[] data = new byte[length];
        new Random(length).NextBytes(data);
        ulong expected = XxHash3.HashToUInt64(data);
        fixed (byte* p = data)
        {
            Assert.Equal(expected, SegmentChecksum.Compute(p, length));
            Assert.Equal(expected, SegmentChecksum.ComputeInSteps(p, length, 1000));
            Assert.Equal(expected, SegmentChecksum.ComputeInSteps(p, length, 64));
            data[length / 2] ^= 1;
            Assert.NotEqual(expected, SegmentChecksum.Compute(p, length));
        }
    }

    [Fact]
    public void Compute_Repeatedly_AllocatesNothing()
    {
        byte[] data = new byte[5000];
        fixed (byte* p = data)
        {
            SegmentChecksum.Compute(p, data.Length);
            SegmentChecksum.ComputeInSteps(p, data.Length, 999);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                SegmentChecksum.Compute(p, data.Length);
                SegmentChecksum.ComputeInSteps(p, data.Length, 999);
            }
            Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        }
    }

    [Fact]
    public void Compute_NegativeLength_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SegmentChecksum.Compute(null, -1));
    }
}
