using System.Text;

namespace WasmChord.Gguf.Tests.Metadata;

public class GgufMetadataTests
{
    [Fact]
    public async Task LookUp_IntegerOfAnyWidth_ConvertsWhereItFits()
    {
        using GgufFile file = await new RawGguf().Header(0, 6).Key("u8", 0).U8(255).Key("i8", 1).U8(-1).Key("i32", 5).U32(-2)
            .Key("u64", 10).U64(ulong.MaxValue).Key("f32", 6).F32(3).StringPair("s", "3").OpenAsync();
        GgufMetadata metadata = file.Metadata;

        Assert.True(metadata.TryGetInt64("u8", out long u8));
        Assert.True(metadata.TryGetInt64("i8", out long i8));
        Assert.True(metadata.TryGetInt64("i32", out long i32));
        Assert.Equal((255, -1, -2), (u8, i8, i32));
        Assert.True(metadata.TryGetUInt64("u64", out ulong u64));
        Assert.Equal(ulong.MaxValue, u64);
        Assert.False(metadata.TryGetInt64("u64", out _));
        Assert.False(metadata.TryGetUInt64("i8", out _));
        Assert.False(metadata.TryGetInt64("f32", out _));
        Assert.False(metadata.TryGetUInt64("s", out _));
        Assert.False(metadata.TryGetInt64("absent", out _));
        Assert.False(metadata.TryGetUInt64("absent", out _));
    }

    [Fact]
    public async Task LookUp_Double_TakesFloatsAndExactIntegers()
    {
        using GgufFile file = await new RawGguf().Header(0, 5).Key("f32", 6).F32(0.5f).Key("f64", 12).F64(0.1).U32Pair("u32", 10_000)
            .Key("big", 10).U64((1UL << 53) + 1).Key("bool", 7).U8(1).OpenAsync();
        GgufMetadata metadata = file.Metadata;

        Assert.True(metadata.TryGetDouble("f32", out double f32));
        Assert.True(metadata.TryGetDouble("f64", out double f64));
        Assert.True(metadata.TryGetDouble("u32", out double u32));
        Assert.Equal((0.5, 0.1, 10_000.0), (f32, f64, u32));
        Assert.False(metadata.TryGetDouble("big", out _));
        Assert.False(metadata.TryGetDouble("bool", out _));
        Assert.False(metadata.TryGetDouble("absent", out _));
    }

    [Fact]
    public async Task LookUp_Boolean_TakesBooleansOnly()
    {
        using GgufFile file = await new RawGguf().Header(0, 4).Key("no", 7).U8(0).Key("yes", 7).U8(1).Key("odd", 7).U8(0xC1)
            .Key("number", 0).U8(1).OpenAsync();
        GgufMetadata metadata = file.Metadata;

        Assert.True(metadata.TryGetBoolean("no", out bool no));
        Assert.True(metadata.TryGetBoolean("yes", out bool yes));
        Assert.True(metadata.TryGetBoolean("odd", out bool odd));
        Assert.Equal((false, true, true), (no, yes, odd));
        Assert.False(metadata.TryGetBoolean("number", out _));
        Assert.False(metadata.TryGetBoolean("absent", out _));
    }

    [Fact]
    public async Task LookUp_StringAndArray_AreToldApart()
    {
        using GgufFile file = await new RawGguf().Header(0, 2).StringPair("s", "text").ArrayHead("a", 0, 1).U8(1).OpenAsync();
        GgufMetadata metadata = file.Metadata;

        Assert.True(metadata.TryGetString("s", out string? text));
        Assert.Equal("text", text);
        Assert.True(metadata.TryGetArray("a", out GgufArray? array));
        Assert.Equal(1, array.Count);
        Assert.False(metadata.TryGetArray("s", out _));
        Assert.False(metadata.TryGetString("a", out _));
        Assert.False(metadata.TryGetString("absent", out _));
        Assert.False(metadata.TryGetArray("absent", out _));
        Assert.True(metadata.TryGetEntry("s", out GgufMetadataEntry? entry));
        Assert.Equal("s = text", entry.ToString());
    }

    [Fact]
    public async Task Entries_InFileOrder_HoldTheirPlaces()
    {
        using GgufFile file = await new RawGguf().Header(0, 2).U32Pair("b", 1).StringPair("a", "xy").OpenAsync();
        System.Collections.IEnumerable untyped = file.Metadata;

        Assert.Equal(["b", "a"], file.Metadata.Select(e => e.Key));
        Assert.Equal(["b", "a"], untyped.Cast<GgufMetadataEntry>().Select(e => e.Key));
        Assert.Equal((24 + 8 + 1 + 4, 4L), (file.Metadata[0].ValueOffset, file.Metadata[0].ValueByteLength));
        Assert.Equal(10, file.Metadata[1].ValueByteLength);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task LongString_AtOpen_IsLeftInTheFile(int version)
    {
        string text = new('x', 64 * 1024 + 1);
        using GgufFile file = await new RawGguf(version).Header(0, 2).StringPair("long", text).StringPair("short", "s").OpenAsync();
        GgufMetadataEntry entry = file.Metadata[0];

        Assert.Null(entry.Value);
        Assert.False(entry.TryGetString(out _));
        Assert.Equal(text, await entry.ReadStringAsync());
        Assert.Equal("s", await file.Metadata[1].ReadStringAsync());
        Assert.Equal("long = (long string)", entry.ToString());
    }

    [Fact]
    public async Task ByteString_NotUtf8_IsKept()
    {
        byte[] bytes = [0x61, 0xFF, 0xFE, 0x62];
        using GgufFile file = await new RawGguf().Header(0, 2).Key("s", 8).Str(bytes).U32Pair("n", 1).OpenAsync();

        Assert.True(file.Metadata.TryGetString("s", out string? text));
        Assert.Equal("a\uFFFD\uFFFDb", text);
        Assert.Equal(bytes, await file.Metadata[0].ReadByteStringAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await file.Metadata[1].ReadByteStringAsync());
        Assert.Equal("a\uFFFD\uFFFDb", Encoding.UTF8.GetString(bytes));
    }
}
