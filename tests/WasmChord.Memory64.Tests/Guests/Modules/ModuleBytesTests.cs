using System.Numerics;

namespace WasmChord.Memory64.Tests.Guests;

public sealed class ModuleBytesTests
{
    public static TheoryData<byte[], ulong> Unsigned32 => new()
    {
        { [0x00], 0 },
        { [0x7F], 127 },
        { [0x80, 0x01], 128 },
        { [0x80, 0x80, 0x80, 0x80, 0x00], 0 },
        { [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], uint.MaxValue },
    };

    public static TheoryData<byte[]> NotUnsigned32 => new()
    {
        { [] },
        { [0x80] },
        { [0xFF, 0xFF, 0xFF, 0xFF, 0x10] },
        { [0xFF, 0xFF, 0xFF, 0xFF, 0x7F] },
        { [0x80, 0x80, 0x80, 0x80, 0x80, 0x00] },
    };

    public static TheoryData<int, byte[], long> Signed => new()
    {
        { 32, [0x7F], -1 },
        { 32, [0xFF, 0x7F], -1 },
        { 32, [0xFF, 0xFF, 0xFF, 0xFF, 0x7F], -1 },
        { 32, [0xFF, 0xFF, 0xFF, 0xFF, 0x07], int.MaxValue },
        { 32, [0x80, 0x80, 0x80, 0x80, 0x78], int.MinValue },
        { 32, [0x3F], 63 },
        { 32, [0x40], -64 },
        { 33, [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], uint.MaxValue },
        { 33, [0x80, 0x80, 0x80, 0x80, 0x70], -(1L << 32) },
        { 64, [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7F], long.MinValue },
        { 64, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00], long.MaxValue },
        { 64, [0x80, 0x80, 0x80, 0x80, 0x10], 1L << 32 },
    };

    public static TheoryData<int, byte[]> NotSigned => new()
    {
        { 32, [0xFF, 0xFF, 0xFF, 0xFF, 0x0F] },
        { 32, [0xFF, 0xFF, 0xFF, 0xFF, 0x4F] },
        { 32, [0x80, 0x80, 0x80, 0x80, 0x70] },
        { 32, [0x80, 0x80, 0x80, 0x80, 0x80, 0x00] },
        { 33, [0x80, 0x80, 0x80, 0x80, 0x10] },
        { 64, [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01] },
        { 64, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7E] },
        { 64, [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00] },
        { 64, [0xFF] },
    };

    [Theory]
    [MemberData(nameof(Unsigned32))]
    public void ReadU32_AnyLegalLength_GivesTheValue(byte[] bytes, ulong expected)
    {
        ModuleBytes cursor = new(bytes);
        Assert.Equal(expected, cursor.ReadU32());
        Assert.Equal(0, cursor.Remaining);
    }

    [Theory]
    [MemberData(nameof(NotUnsigned32))]
    public void ReadU32_TooLongOrTruncated_IsMalformed(byte[] bytes)
    {
        Assert.Equal(GuestModuleError.Malformed, Assert.Throws<GuestModuleException>(() => new ModuleBytes(bytes).ReadU32()).Code);
    }

    [Fact]
    public void ReadU64_TenBytes_MayHoldOneBitInTheLast()
    {
        byte[] most = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01];
        Assert.Equal(ulong.MaxValue, new ModuleBytes(most).ReadU64());
        most[9] = 0x02;
        Assert.Throws<GuestModuleException>(() => new ModuleBytes(most).ReadU64());
        most[9] = 0x81;
        Assert.Throws<GuestModuleException>(() => new ModuleBytes([.. most, 0]).ReadU64());
    }

    [Theory]
    [MemberData(nameof(Signed))]
    public void ReadSigned_AnyLegalLength_GivesTheValue(int bits, byte[] bytes, long expected)
    {
        ModuleBytes cursor = new(bytes);
        Assert.Equal(expected, cursor.ReadSigned(bits));
        Assert.Equal(0, cursor.Remaining);
    }

    [Theory]
    [MemberData(nameof(NotSigned))]
    public void ReadSigned_UnusedBitsOrTooLong_IsMalformed(int bits, byte[] bytes)
    {
        Assert.Equal(GuestModuleError.Malformed, Assert.Throws<GuestModuleException>(() => new ModuleBytes(bytes).ReadSigned(bits)).Code);
    }

    [Fact]
    public void ReadSigned_EveryLastByte_IsAsTheArithmeticSays()
    {
        foreach (int bits in (int[])[32, 33, 64])
        {
            int full = (bits - 1) / 7;
            for (int last = 0; last < 0x80; last++)
            {
                byte[] bytes = [.. Enumerable.Repeat((byte)0x80, full), (byte)last];
                BigInteger value = new BigInteger(last < 0x40 ? last : last - 0x80) << (7 * full);
                bool fits = value >= -(BigInteger.One << (bits - 1)) && value < BigInteger.One << (bits - 1);
                if (fits) Assert.Equal((long)value, new ModuleBytes(bytes).ReadSigned(bits));
                else Assert.Throws<GuestModuleException>(() => new ModuleBytes(bytes).ReadSigned(bits));
            }
        }
    }

    [Fact]
    public void ReadCount_MoreThanTheBytesLeft_IsMalformedBeforeAnythingIsMade()
    {
        byte[] bytes = [0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 0];
        GuestModuleException refusal = Assert.Throws<GuestModuleException>(() => new ModuleBytes(bytes).ReadCount("items", int.MaxValue));
        Assert.Equal(GuestModuleError.Malformed, refusal.Code);
        Assert.Contains("4294967295 items where 1 bytes are left", refusal.Message, StringComparison.Ordinal);
        byte[] three = [3, 0, 0, 0];
        Assert.Equal(GuestModuleError.TooLarge, Assert.Throws<GuestModuleException>(() => new ModuleBytes(three).ReadCount("items", 2)).Code);
    }

    [Fact]
    public void ReadName_NotUtf8_IsMalformed()
    {
        Assert.Equal("wörter", new ModuleBytes(new WasmCode().Name("wörter").ToArray()).ReadName(100));
        foreach (byte[] bytes in (byte[][])[[1, 0xFF], [2, 0xC0, 0x80], [3, 0xED, 0xA0, 0x80], [4, 0xF4, 0x90, 0x80, 0x80], [2, 0x41]])
            Assert.Throws<GuestModuleException>(() => new ModuleBytes(bytes).ReadName(100));
    }
}
