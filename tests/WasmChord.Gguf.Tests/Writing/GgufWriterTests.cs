namespace WasmChord.Gguf.Tests.Writing;

public class GgufWriterTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Write_EveryKindOfValue_IsTheFileBuiltByHand(bool bigEndian)
    {
        GgufWriter writer = new(bigEndian);
        GgufMetadataBuilder metadata = writer.Metadata;
        metadata.Add("u8", (byte)200);
        metadata.Add("i8", (sbyte)-5);
        metadata.Add("u16", (ushort)60_000);
        metadata.Add("i16", (short)-300);
        metadata.Add("general.alignment", 64u);
        metadata.Add("i32", -70_000);
        metadata.Add("f32", 1.5f);
        metadata.Add("yes", true);
        metadata.Add("no", false);
        metadata.Add("s", "häß");
        metadata.AddByteString("b", new byte[] { 0xFF, 0 });
        metadata.Add("u64", ulong.MaxValue);
        metadata.Add("i64", -9L);
        metadata.Add("f64", -2.25);
        metadata.AddArray("ints", new[] { 1, -2 });
        metadata.AddArray("bools", new[] { true, false });
        metadata.AddArray("strings", new[] { "a", "" });
        metadata.AddArray("bytes", new ReadOnlyMemory<byte>[] { new byte[] { 0xC0 } });
        writer.AddTensor("first", GgmlType.I8, new TensorShape(1, 3), new byte[] { 1, 2, 3 });
        writer.AddTensor("second", GgmlType.I8, new TensorShape(2, 2, 2), (stream, token) =>
        {
            stream.Write([4, 5]);
            return stream.WriteAsync(new byte[] { 6, 7 }, token);
        });
        MemoryStream written = new();

        long length = await writer.WriteAsync(written);

        RawGguf expected = new RawGguf(3, bigEndian).Header(2, 18)
            .Key("u8", 0).U8(200).Key("i8", 1).U8(-5).Key("u16", 2).U16(60_000).Key("i16", 3).U16(-300)
            .U32Pair("general.alignment", 64).Key("i32", 5).U32(-70_000).Key("f32", 6).F32(1.5f).Key("yes", 7).U8(1).Key("no", 7).U8(0)
            .StringPair("s", "häß").Key("b", 8).Str([0xFF, 0]).Key("u64", 10).U64(ulong.MaxValue)
            .Key("i64", 11).U64(unchecked((ulong)-9L)).Key("f64", 12).F64(-2.25)
            .ArrayHead("ints", 5, 2).U32(1).U32(-2).ArrayHead("bools", 7, 2).U8(1).U8(0)
            .ArrayHead("strings", 8, 2).Str("a").Str("").ArrayHead("bytes", 8, 1).Str([0xC0])
            .Tensor("first", 24, 0, 3).Tensor("second", 24, 64, 2, 2).PadTo(64).Raw(1, 2, 3).PadTo(64).Raw(4, 5, 6, 7).PadTo(64);
        Assert.Equal(expected.ToArray(), written.ToArray());
        Assert.Equal(written.Length, length);
        Assert.Equal((2, 128L, 64, 18), (writer.TensorCount, writer.TensorDataBytes, metadata.Alignment, metadata.Count));
    }

    [Fact]
    public async Task Write_LongArrays_AreWrittenInPieces()
    {
        float[] numbers = [.. Enumerable.Range(0, 100_000).Select(i => i * 0.25f)];
        string[] strings = [.. Enumerable.Range(0, 20_000).Select(i => $"token {i}")];
        GgufWriter writer = new(bigEndian: true);
        writer.Metadata.AddArray("numbers", numbers);
        writer.Metadata.AddArray("strings", strings);
        MemoryStream written = new();
        await writer.WriteAsync(written);

        using GgufFile file = await RawGguf.OpenAsync(written.ToArray());

        Assert.True(file.Metadata.TryGetArray("numbers", out GgufArray? a));
        Assert.True(file.Metadata.TryGetArray("strings", out GgufArray? b));
        float[] readNumbers = await a.ReadAsync<float>();
        string[] readStrings = await b.ReadStringsAsync();
        Assert.Equal(numbers, readNumbers);
        Assert.Equal(strings, readStrings);
    }

    [Fact]
    public async Task WriteHeader_Alone_IsAHeaderWithoutData()
    {
        GgufWriter writer = new();
        writer.AddTensor("t", GgmlType.Q4_K, new TensorShape(2, 256, 1000), (_, _) => throw new InvalidOperationException());
        MemoryStream written = new();

        long length = await writer.WriteHeaderAsync(written);

        Assert.Equal(written.Length, length);
        using GgufFile file = await RawGguf.OpenAsync(written.ToArray());
        Assert.False(file.HasTensorData);
    }

    [Fact]
    public async Task WriteFile_Complete_BearsItsNameAlone()
    {
        using TemporaryFolder folder = new();
        GgufWriter writer = new();
        writer.Metadata.Add("k", 1u);
        await File.WriteAllTextAsync(folder.File("m.gguf"), "what was there before");

        await writer.WriteAsync(folder.File("m.gguf"));

        Assert.Equal(["m.gguf"], folder.Names);
        using GgufModel model = await GgufModel.OpenAsync(folder.File("m.gguf"));
        Assert.Single(model.Metadata);
    }

    [Theory]
    [InlineData(31)]
    [InlineData(33)]
    public async Task WriteFile_TensorOfAnotherLength_LeavesNothing(int count)
    {
        using TemporaryFolder folder = new();
        GgufWriter writer = new();
        writer.AddTensor("t", GgmlType.I8, new TensorShape(1, 32), async (stream, token) => await stream.WriteAsync(new byte[count], token));

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await writer.WriteAsync(folder.File("m.gguf")));

        Assert.Empty(folder.Names);
    }

    [Fact]
    public void AddTensor_ThatNoFileMayHold_IsRefused()
    {
        GgufWriter writer = new();
        writer.AddTensor("t", GgmlType.F32, new TensorShape(1, 1), new byte[4]);

        Assert.Throws<ArgumentException>(() => writer.AddTensor("t", GgmlType.F32, new TensorShape(1, 1), new byte[4]));
        Assert.Throws<ArgumentException>(() => writer.AddTensor("", GgmlType.F32, new TensorShape(1, 1), new byte[4]));
        Assert.Throws<ArgumentException>(() => writer.AddTensor(new string('t', 64), GgmlType.F32, new TensorShape(1, 1), new byte[4]));
        Assert.Throws<ArgumentException>(() => writer.AddTensor("a\0", GgmlType.F32, new TensorShape(1, 1), new byte[4]));
        Assert.Throws<ArgumentException>(() => writer.AddTensor("a", GgmlType.F32, new TensorShape(5, 1), new byte[4]));
        Assert.Throws<ArgumentException>(() => writer.AddTensor("a", GgmlType.F32, new TensorShape(1, -1), new byte[4]));
        Assert.Throws<ArgumentException>(() => writer.AddTensor("a", GgmlType.F32, new TensorShape(1, 1, 2), new byte[8]));
        Assert.Throws<ArgumentException>(() => writer.AddTensor("a", GgmlType.Q8_0, new TensorShape(1, 16), new byte[17]));
        Assert.Throws<ArgumentException>(() => writer.AddTensor("a", GgmlType.F32, new TensorShape(1, 2), new byte[4]));
        Assert.Throws<ArgumentException>(() => writer.AddTensor("a", GgmlType.F32, new TensorShape(2, 1L << 40, 1L << 40), new byte[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.AddTensor("a", (GgmlType)4, new TensorShape(1, 1), new byte[4]));
        Assert.Equal(1, writer.TensorCount);
    }

    [Fact]
    public void AddMetadata_ThatNoFileMayHold_IsRefused()
    {
        GgufMetadataBuilder metadata = new GgufWriter().Metadata;
        metadata.Add("k", 1u);

        Assert.Throws<ArgumentException>(() => metadata.Add("k", 2u));
        Assert.Throws<ArgumentException>(() => metadata.Add("", 2u));
        Assert.Throws<ArgumentException>(() => metadata.Add(new string('k', 65_536), 2u));
        Assert.Throws<ArgumentException>(() => metadata.Add("general.alignment", 13u));
        Assert.Throws<ArgumentException>(() => metadata.Add("general.alignment", 0u));
        Assert.Throws<ArgumentException>(() => metadata.Add("general.alignment", 1u << 31));
        Assert.Throws<ArgumentException>(() => metadata.Add("general.alignment", 32L));
        Assert.Throws<ArgumentException>(() => metadata.Add("general.alignment", "32"));
        Assert.Throws<NotSupportedException>(() => metadata.AddArray("a", new[] { 'c' }));
        Assert.Throws<NotSupportedException>(() => metadata.AddArray("a", new[] { DayOfWeek.Monday }));
        Assert.Equal(1, metadata.Count);
        Assert.Equal(32, metadata.Alignment);
    }

    [Fact]
    public void Remove_Alignment_ReturnsToTheDefault()
    {
        GgufMetadataBuilder metadata = new GgufWriter().Metadata;
        metadata.Add("general.alignment", 64u);
        Assert.True(metadata.Contains("general.alignment"));
        Assert.Throws<ArgumentException>(() => metadata.Add("general.alignment", 128u));
        Assert.Equal(64, metadata.Alignment);

        Assert.True(metadata.Remove("general.alignment"));

        Assert.False(metadata.Remove("general.alignment"));
        Assert.Equal((32, 0), (metadata.Alignment, metadata.Count));
    }

    [Fact]
    public async Task Copy_OfAHeaderAlone_IsRefusedByTheMissingData()
    {
        using GgufModel model = await GgufModel.OpenAsync(
            [new StreamGgufSource(new MemoryStream(new RawGguf().Header(1, 0).Tensor("t", 0, 0, 8).PadTo(32).ToArray()), "header.gguf")]);

        GgufFormatException e = await Assert.ThrowsAsync<GgufFormatException>(
            async () => await GgufWriter.From(model).WriteAsync(Stream.Null));

        Assert.Equal(GgufError.TensorOutOfFile, e.Error);
        Assert.Contains("header.gguf", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copy_OfAnotherByteOrder_IsRefused()
    {
        using GgufModel model = await GgufModel.OpenAsync(
            [new StreamGgufSource(new MemoryStream(new RawGguf(3, true).Header(1, 0).Tensor("t", 0, 0, 8).PadTo(32).Zeros(32).ToArray()))]);

        Assert.Throws<ArgumentException>(() => new GgufWriter().AddTensorCopy(model, model.Tensors[0]));
        Assert.True(GgufWriter.From(model).IsBigEndian);
    }

    [Fact]
    public async Task Write_Cancelled_LeavesNothing()
    {
        using TemporaryFolder folder = new();
        GgufWriter writer = new();
        writer.AddTensor("t", GgmlType.I8, new TensorShape(1, 1), new byte[1]);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await writer.WriteAsync(folder.File("m.gguf"), new CancellationToken(canceled: true)));

        Assert.Empty(folder.Names);
    }
}
