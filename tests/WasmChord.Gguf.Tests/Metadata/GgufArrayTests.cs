using System.Text;

namespace WasmChord.Gguf.Tests.Metadata;

public class GgufArrayTests
{
    [Theory]
    [InlineData(false, 3)]
    [InlineData(true, 3)]
    [InlineData(true, 1)]
    public async Task Read_EveryElementType_GivesItsNumbers(bool bigEndian, int version)
    {
        using GgufFile file = await new RawGguf(version, bigEndian).Header(0, 10)
            .ArrayHead("u8", 0, 2).U8(1).U8(255).ArrayHead("i8", 1, 2).U8(1).U8(-1).ArrayHead("u16", 2, 1).U16(65_535)
            .ArrayHead("i16", 3, 1).U16(-2).ArrayHead("u32", 4, 1).U32(uint.MaxValue).ArrayHead("i32", 5, 1).U32(-3)
            .ArrayHead("f32", 6, 2).F32(0.5f).F32(-1).ArrayHead("u64", 10, 1).U64(ulong.MaxValue).ArrayHead("i64", 11, 1).U64(unchecked((ulong)-4L))
            .ArrayHead("f64", 12, 1).F64(0.1).OpenAsync();

        await AssertReads<byte>(file, "u8", 1, 255);
        await AssertReads<long>(file, "i8", 1, -1);
        await AssertReads<int>(file, "u16", 65_535);
        await AssertReads<short>(file, "i16", -2);
        await AssertReads<long>(file, "u32", uint.MaxValue);
        await AssertReads<double>(file, "i32", -3.0);
        await AssertReads<double>(file, "f32", 0.5, -1.0);
        await AssertReads<float>(file, "f32", 0.5f, -1f);
        await AssertReads<ulong>(file, "u64", ulong.MaxValue);
        await AssertReads<int>(file, "i64", -4);
        await AssertReads<float>(file, "f64", 0.1f);
    }

    [Fact]
    public async Task Read_ElementThatDoesNotFit_IsRefused()
    {
        using GgufFile file = await new RawGguf().Header(0, 1).ArrayHead("a", 5, 2).U32(1).U32(-1).OpenAsync();

        GgufFormatException e = await Assert.ThrowsAsync<GgufFormatException>(async () => await ArrayOf(file, "a").ReadAsync<uint>());

        Assert.Equal(GgufError.ValueOutOfRange, e.Error);
    }

    [Fact]
    public async Task Read_AsAnotherKind_IsRefused()
    {
        using GgufFile file = await new RawGguf().Header(0, 3).ArrayHead("f", 6, 1).F32(1).ArrayHead("s", 8, 1).Str("x")
            .ArrayHead("b", 7, 2).U8(0).U8(9).OpenAsync();

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await ArrayOf(file, "f").ReadAsync<int>());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await ArrayOf(file, "s").ReadAsync<int>());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await ArrayOf(file, "b").ReadAsync<int>());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await ArrayOf(file, "f").ReadStringsAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await ArrayOf(file, "f").ReadByteStringsAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await ArrayOf(file, "f").ReadBooleansAsync());
        bool[] booleans = await ArrayOf(file, "b").ReadBooleansAsync();
        Assert.Equal([false, true], booleans);
    }

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public async Task Residency_UpToOneKibibyte_IsHeld(int count, bool resident)
    {
        RawGguf raw = new RawGguf().Header(0, 1).ArrayHead("a", 4, (ulong)count);
        for (int i = 0; i < count; i++) raw.U32(i);
        GgufFile file = await raw.OpenAsync();
        GgufArray array = ArrayOf(file, "a");

        Assert.Equal(resident, array.IsResident);
        Assert.Equal(Enumerable.Range(0, count), await array.ReadAsync<int>());
        file.Dispose();
        if (resident) Assert.Equal(count, (await array.ReadAsync<int>()).Length);
        else await Assert.ThrowsAsync<ObjectDisposedException>(async () => await array.ReadAsync<int>());
    }

    [Fact]
    public async Task Read_Empty_GivesNothing()
    {
        using GgufFile file = await new RawGguf().Header(0, 2).ArrayHead("n", 12, 0).ArrayHead("s", 8, 0).OpenAsync();

        Assert.Empty(await ArrayOf(file, "n").ReadAsync<double>());
        Assert.Empty(await ArrayOf(file, "s").ReadStringsAsync());
        Assert.Empty(await ArrayOf(file, "s").ReadByteStringsAsync());
    }

    [Fact]
    public async Task ByteStrings_NotUtf8_AreKept()
    {
        byte[][] tokens = [[0xFF], [], [0xE2, 0x96], "ok"u8.ToArray()];
        RawGguf raw = new RawGguf(1, bigEndian: true).Header(0, 1).ArrayHead("t", 8, 4);
        foreach (byte[] token in tokens) raw.Str(token);
        using GgufFile file = await raw.OpenAsync();
        GgufArray array = ArrayOf(file, "t");

        ReadOnlyMemory<byte>[] bytes = await array.ReadByteStringsAsync();
        Assert.Equal(tokens, bytes.Select(b => b.ToArray()));
        Assert.Equal(tokens.Select(Encoding.UTF8.GetString), await array.ReadStringsAsync());
        Assert.Equal((GgufValueType.String, 4L, 21L), (array.ElementType, array.Count, array.ByteLength));
        Assert.Equal(file.Length - 21, array.FileOffset);
        Assert.Contains("String[4]", array.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ByteStrings_FileChangedSince_IsRefused()
    {
        byte[] bytes = new RawGguf().Header(0, 1).ArrayHead("t", 8, 2).Str("abc").Str("def").ToArray();
        using GgufFile file = await RawGguf.OpenAsync(bytes);
        bytes[file.Length - 11] = 200;

        GgufFormatException e = await Assert.ThrowsAsync<GgufFormatException>(async () => await ArrayOf(file, "t").ReadByteStringsAsync());
        Assert.Equal(GgufError.LengthExceedsFile, e.Error);
        e = await Assert.ThrowsAsync<GgufFormatException>(async () => await ArrayOf(file, "t").ReadStringsAsync());
        Assert.Equal(GgufError.LengthExceedsFile, e.Error);
    }

    private static async Task AssertReads<T>(GgufFile file, string key, params T[] expected) where T : unmanaged, System.Numerics.INumber<T>
    {
        T[] actual = await ArrayOf(file, key).ReadAsync<T>();
        Assert.Equal(expected, actual);
    }

    private static GgufArray ArrayOf(GgufFile file, string key)
    {
        Assert.True(file.Metadata.TryGetArray(key, out GgufArray? array));
        return array;
    }
}
