using System.Buffers.Binary;
using System.IO.Hashing;

namespace WasmChord.Memory64.Tests;

public class SidecarFormatTests
{
    [Fact]
    public void TryRead_WhatWasWritten_IsTheSameInEveryNumber()
    {
        for (int seed = 0; seed < 50; seed++)
        {
            ModelSidecar written = SidecarSamples.Create(seed);
            Assert.True(SidecarFormat.TryRead(SidecarFormat.Write(written), out ModelSidecar? read, out string why), why);
            Assert.True(SidecarSamples.AreEqual(written, read), $"seed {seed}");
        }
    }

    [Fact]
    public void Write_OfOneFileAndOneExtent_IsAsTheFormatSays()
    {
        ModelSidecar sidecar = ModelSidecar.Create(
            [new SidecarFile(new StorageIdentity(1000, 2, 3, 4), 5, 6, new StorageMeasure(2.0, 1.0), 7)],
            [new SidecarExtent(0, 100, 50, 0x1122334455667788, 8, 9)],
            [new SidecarRow(10, 11)]);
        byte[] bytes = SidecarFormat.Write(sidecar);
        Assert.Equal(32 + 72 + 40 + 8 + 8, bytes.Length);
        Assert.Equal("wcsidcar"u8.ToArray(), bytes[..8]);
        Assert.Equal([1, 1, 1, 1], Enumerable.Range(0, 4).Select(i => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(8 + 4 * i))));
        Assert.Equal([160, 1000, 2, 3, 4, 5, 6, 7], Enumerable.Range(0, 8).Select(i => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(24 + 8 * i))));
        Assert.Equal((2.0, 1.0), (BitConverter.ToDouble(bytes, 88), BitConverter.ToDouble(bytes, 96)));
        Assert.Equal([0, 1, 100, 0, 50, 0, 0x55667788, 0x11223344, 8, 9, 10, 11], Enumerable.Range(0, 12).Select(i => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(104 + 4 * i))));
        Assert.Equal(XxHash3.HashToUInt64(bytes.AsSpan(..^8)), BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(^8..)));
    }

    [Fact]
    public void TryRead_TwoThousandRandomMutations_AreAllRefused()
    {
        for (int seed = 0; seed < 2000; seed++)
        {
            Random random = new(seed);
            byte[] original = SidecarFormat.Write(SidecarSamples.Create(seed % 20));
            byte[] mutated = Mutate(random, original);
            if (mutated.AsSpan().SequenceEqual(original)) continue;
            Assert.False(SidecarFormat.TryRead(mutated, out _, out string why), $"seed {seed}");
            Assert.NotEmpty(why);
        }
    }

    [Fact]
    public void TryRead_MutationsUnderARightChecksum_AreRefusedOrSoundAndWrittenBackTheSame()
    {
        int sound = 0, refused = 0;
        for (int seed = 0; seed < 4000; seed++)
        {
            Random random = new(seed);
            byte[] mutated = Mutate(random, SidecarFormat.Write(SidecarSamples.Create(seed % 20)));
            if (mutated.Length < 48) continue;
            // Whoever forges the checksum, and the length, has still to pass every other check.
            if (random.Next(2) == 0) BinaryPrimitives.WriteInt64LittleEndian(mutated.AsSpan(24), mutated.Length);
            BinaryPrimitives.WriteUInt64LittleEndian(mutated.AsSpan(^8..), XxHash3.HashToUInt64(mutated.AsSpan(..^8)));
            if (!SidecarFormat.TryRead(mutated, out ModelSidecar? read, out _))
            {
                refused++;
                continue;
            }

            sound++;
            Assert.All(read.Extents, e => Assert.InRange(e.Offset + e.ByteLength, 1, read.Files[e.FileIndex].Identity.Length));
            Assert.True(SidecarFormat.TryRead(SidecarFormat.Write(read), out ModelSidecar? again, out string why), why);
            Assert.True(SidecarSamples.AreEqual(read, again));
        }

        Assert.True(sound > 100 && refused > 1000, $"{sound} sound, {refused} refused: the mutations test one side only");
    }

    [Theory]
    [InlineData(8, 2u)] // version
    [InlineData(12, uint.MaxValue)] // files
    [InlineData(16, uint.MaxValue)] // extents
    [InlineData(20, uint.MaxValue)] // rows
    [InlineData(12, 0u)]
    [InlineData(16, ModelSidecar.MaxExtents)] // as many as may be, and not there
    [InlineData(24, 7u)] // length
    public void TryRead_CountThatIsNotTrue_IsRefusedBeforeAnythingIsAllocatedForIt(int offset, uint value)
    {
        byte[] bytes = SidecarFormat.Write(SidecarSamples.Create());
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(offset), value);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(^8..), XxHash3.HashToUInt64(bytes.AsSpan(..^8)));
        SidecarFormat.TryRead(bytes, out _, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(SidecarFormat.TryRead(bytes, out _, out string why));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4096);
        Assert.NotEmpty(why);
    }

    [Theory]
    [InlineData(0, -1, 10)] // before the file
    [InlineData(0, 0, 0)] // empty
    [InlineData(0, 990, 11)] // beyond its end
    [InlineData(1, 0, 10)] // of no file
    [InlineData(0, long.MaxValue, 10)]
    [InlineData(0, 1, long.MaxValue)]
    public void Create_ExtentOutsideItsFile_IsRefused(int file, long offset, long length)
    {
        SidecarFile whole = new(new StorageIdentity(1000, 1, 1, 1), 10, 1, null, 0);
        Assert.Throws<ArgumentException>(() => ModelSidecar.Create([whole], [new SidecarExtent(file, offset, length, 1, 1, 1)], []));
    }

    private static byte[] Mutate(Random random, byte[] original)
    {
        byte[] bytes = [.. original];
        switch (random.Next(6))
        {
            case 0:
                return bytes[..random.Next(bytes.Length)];
            case 1:
                return [.. bytes, .. new byte[1 + random.Next(100)]];
            case 2:
                int from = random.Next(bytes.Length), count = random.Next(1, bytes.Length - from + 1);
                return [.. bytes[..from], .. bytes[(from + count)..]];
            case 3:
                random.NextBytes(bytes.AsSpan(random.Next(bytes.Length)..));
                return bytes;
            case 4:
                for (int i = 0; i < 1 + random.Next(8); i++) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                return bytes;
            default:
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return bytes;
        }
    }
}
