using System.Text;

namespace WasmChord.Gguf.Tests;

/// <summary>Files that are right, in every version and byte order, built byte by byte.</summary>
public class GgufFileTests
{
    public static TheoryData<int, bool> Encodings => new() { { 1, false }, { 1, true }, { 2, false }, { 2, true }, { 3, false }, { 3, true } };

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Open_EveryVersionAndByteOrder_ReadsTheSame(int version, bool bigEndian)
    {
        RawGguf raw = new RawGguf(version, bigEndian).Header(2, 14)
            .Key("u8", 0).U8(200).Key("i8", 1).U8(-5).Key("u16", 2).U16(60_000).Key("i16", 3).U16(-300)
            .Key("u32", 4).U32(4_000_000_000).Key("i32", 5).U32(-70_000).Key("f32", 6).F32(1.5f).Key("bool", 7).U8(1)
            .StringPair("general.architecture", "llama").Key("u64", 10).U64(ulong.MaxValue).Key("i64", 11).U64(unchecked((ulong)-9L))
            .Key("f64", 12).F64(-2.25)
            .ArrayHead("strings", 8, 3).Str("a").Str("").Str("häß").ArrayHead("ints", 5, 3).U32(1).U32(-2).U32(3)
            .Tensor("token_embd.weight", 0, 0, 4, 3).Tensor("blk.0.attn_q.weight", 8, 64, 64, 2);
        long headerBytes = raw.Position;
        raw.PadTo(32);
        long dataOffset = raw.Position;
        raw.Zeros(64 + 160);

        using GgufFile file = await raw.OpenAsync();

        Assert.Equal(version, file.Version);
        Assert.Equal(bigEndian, file.IsBigEndian);
        Assert.Equal((32, headerBytes, dataOffset, raw.Position), (file.Alignment, file.HeaderBytes, file.TensorDataOffset, file.Length));
        Assert.True(file.HasTensorData);
        Assert.Equal("test.gguf", file.Name);
        Assert.Equal(
            new object[] { (byte)200, (sbyte)-5, (ushort)60_000, (short)-300, 4_000_000_000u, -70_000, 1.5f, true, "llama", ulong.MaxValue, -9L, -2.25 },
            file.Metadata.Take(12).Select(entry => entry.Value));
        Assert.True(file.Metadata.TryGetArray("strings", out GgufArray? strings));
        string[] texts = await strings.ReadStringsAsync();
        Assert.Equal(["a", "", "häß"], texts);
        Assert.True(file.Metadata.TryGetArray("ints", out GgufArray? ints));
        int[] numbers = await ints.ReadAsync<int>();
        Assert.Equal([1, -2, 3], numbers);
        Assert.Equal(
            [
                new TensorInfo("token_embd.weight", GgmlType.F32, new TensorShape(2, 4, 3), 0, dataOffset, 0, 48),
                new TensorInfo("blk.0.attn_q.weight", GgmlType.Q8_0, new TensorShape(2, 64, 2), 0, dataOffset + 64, 64, 136),
            ],
            file.Tensors);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(64)]
    [InlineData(4096)]
    public async Task Open_AnyAlignment_PlacesTheData(int alignment)
    {
        RawGguf raw = new RawGguf().Header(2, 1).U32Pair("general.alignment", (uint)alignment)
            .Tensor("a", 24, 0, 1).Tensor("b", 24, (ulong)alignment, 1).PadTo(alignment);
        long dataOffset = raw.Position;
        using GgufFile file = await raw.Zeros(2 * alignment).OpenAsync();

        Assert.Equal(alignment, file.Alignment);
        Assert.Equal([dataOffset, dataOffset + alignment], file.Tensors.Select(t => t.FileOffset));
    }

    [Fact]
    public async Task Open_HeaderAlone_HasNoTensorData()
    {
        using GgufFile file = await new RawGguf().Header(1, 0).Tensor("t", 0, 0, 1000).PadTo(32).OpenAsync();

        Assert.False(file.HasTensorData);
        Assert.Equal(4000, Assert.Single(file.Tensors).ByteLength);
    }

    [Fact]
    public async Task Open_NoTensors_NeedsNoPadding()
    {
        using GgufFile bare = await new RawGguf().Header(0, 1).U32Pair("k", 1).OpenAsync();
        using GgufFile padded = await new RawGguf().Header(0, 1).U32Pair("k", 1).PadTo(32).OpenAsync();

        Assert.Equal((bare.HeaderBytes, true), (bare.TensorDataOffset, bare.HasTensorData));
        Assert.Equal((64L, true), (padded.TensorDataOffset, padded.HasTensorData));
    }

    [Fact]
    public async Task Open_EmptyAndScalarTensors_TakeTheirBytes()
    {
        using GgufFile file = await new RawGguf().Header(3, 0)
            .Tensor("scalar", 0, 0).Tensor("empty", 12, 32, 256, 0).Tensor("last", 0, 32, 2).PadTo(32).Zeros(64).OpenAsync();

        Assert.Equal([4L, 0L, 8L], file.Tensors.Select(t => t.ByteLength));
        Assert.Equal(0, file.Tensors[0].Shape.DimensionCount);
    }

    [Fact]
    public async Task Open_OnlyEmptyTensors_NeedsNoData()
    {
        using GgufFile file = await new RawGguf().Header(1, 0).Tensor("empty", 0, 0, 0).PadTo(32).OpenAsync();

        Assert.True(file.HasTensorData);
    }

    [Fact]
    public async Task Open_GapsAndAnyOrder_AreAccepted()
    {
        using GgufFile file = await new RawGguf().Header(2, 0)
            .Tensor("late", 0, 96, 8).Tensor("early", 0, 0, 8).PadTo(32).Zeros(128).OpenAsync();

        Assert.Equal([96L, 0L], file.Tensors.Select(t => t.TensorDataOffset));
    }

    [Fact]
    public async Task Open_LastTensorUnpadded_IsAccepted()
    {
        using GgufFile file = await new RawGguf().Header(1, 0).Tensor("t", 0, 0, 3).PadTo(32).Zeros(12).OpenAsync();

        Assert.True(file.HasTensorData);
    }

    [Fact]
    public async Task Open_LimitsOfNames_AreInclusive()
    {
        string key = new('k', 65_535), name = new('t', 63);
        using GgufFile file = await new RawGguf().Header(1, 1).U32Pair(key, 1).Tensor(name, 0, 0, 8).PadTo(32).Zeros(32).OpenAsync();

        Assert.Equal((key, name), (file.Metadata[0].Key, file.Tensors[0].Name));
    }

    [Fact]
    public async Task Open_LargeNumericArray_IsPassedOverUnread()
    {
        RawGguf raw = new RawGguf().Header(0, 2).ArrayHead("scores", 6, 1_000_000).Zeros(4_000_000).U32Pair("after", 7);
        using GgufFile file = await raw.OpenAsync();

        Assert.True(file.Metadata.TryGetInt64("after", out long after));
        Assert.Equal(7, after);
        Assert.InRange(file.BytesRead, 1, 300_000);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(4096)]
    public async Task Open_ShortReads_ReadTheSame(int most)
    {
        RawGguf raw = new RawGguf().Header(1, 3).StringPair("general.architecture", "llama")
            .ArrayHead("tokens", 8, 400);
        for (int i = 0; i < 400; i++) raw.Str($"token {i}");
        raw.ArrayHead("scores", 6, 400);
        for (int i = 0; i < 400; i++) raw.F32(-i);
        raw.Tensor("t", 0, 0, 8).PadTo(32).Zeros(32);
        using GgufFile file = await GgufFile.OpenAsync(new StutteringSource(raw.ToArray(), most));

        Assert.True(file.Metadata.TryGetArray("tokens", out GgufArray? tokens));
        Assert.True(file.Metadata.TryGetArray("scores", out GgufArray? scores));
        string[] strings = await tokens.ReadStringsAsync();
        float[] numbers = await scores.ReadAsync<float>();
        Assert.Equal(Enumerable.Range(0, 400).Select(i => $"token {i}"), strings);
        Assert.Equal(Enumerable.Range(0, 400).Select(i => (float)-i), numbers);
        Assert.Equal("t", Assert.Single(file.Tensors).Name);
    }

    [Fact]
    public async Task Open_StringsAcrossBuffers_AreAllFound()
    {
        // Far more than one read of the parser, so that strings and their lengths straddle reads at many offsets.
        RawGguf raw = new RawGguf().Header(0, 2).ArrayHead("tokens", 8, 60_000);
        for (int i = 0; i < 60_000; i++) raw.Str(new string((char)('a' + i % 26), i % 23));
        using GgufFile file = await raw.U32Pair("after", 9).OpenAsync();

        Assert.True(file.Metadata.TryGetInt64("after", out long after));
        Assert.Equal(9, after);
        Assert.True(file.Metadata.TryGetArray("tokens", out GgufArray? tokens));
        string[] strings = await tokens.ReadStringsAsync();
        ReadOnlyMemory<byte>[] bytes = await tokens.ReadByteStringsAsync();
        Assert.Equal(Enumerable.Range(0, 60_000).Select(i => new string((char)('a' + i % 26), i % 23)), strings);
        Assert.Equal(strings, bytes.Select(b => Encoding.UTF8.GetString(b.Span)));
    }

    [Fact]
    public async Task Open_Cancelled_Stops()
    {
        byte[] bytes = new RawGguf().Header(0, 0).ToArray();
        using StreamGgufSource source = new(new MemoryStream(bytes));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await GgufFile.OpenAsync(source, new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Dispose_File_ClosesItsSource()
    {
        MemoryStream stream = new(new RawGguf().Header(0, 0).ToArray());
        GgufFile file = await GgufFile.OpenAsync(new StreamGgufSource(stream));

        file.Dispose();

        Assert.False(stream.CanRead);
    }
}
