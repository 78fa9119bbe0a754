namespace WasmChord.Gguf.Tests;

public class GgufModelTests
{
    [Fact]
    public async Task Open_SingleFile_Describes()
    {
        byte[] bytes = new RawGguf().Header(3, 2).StringPair("general.architecture", "llama").U32Pair("llama.block_count", 1)
            .Tensor("token_embd.weight", 0, 0, 8).Tensor("blk.0.a", 0, 32, 4).Tensor("odd", 0, 64, 8).PadTo(32).Zeros(96).ToArray();
        await using GgufModel model = await GgufModel.OpenAsync([new StreamGgufSource(new MemoryStream(bytes))]);

        Assert.Equal("llama", model.Architecture);
        Assert.True(model.Manifest.IsBlockCountConsistent);
        Assert.Equal((32L + 16 + 32, (long)bytes.Length, true), (model.TensorBytes, model.FileBytes, model.HasTensorData));
        Assert.Equal((model.Files[0].HeaderBytes, model.Files[0].BytesRead), (model.HeaderBytes, model.BytesRead));
        Assert.True(model.TryGetTensor("blk.0.a", out TensorInfo? tensor));
        Assert.Equal(16, tensor.ByteLength);
        Assert.False(model.TryGetTensor("absent", out _));
        Assert.Equal("odd", Assert.Single(model.Manifest.Unknown).Name);
    }

    [Fact]
    public async Task Open_WithoutArchitecture_HasNone()
    {
        using GgufModel model = await GgufModel.OpenAsync([Source(new RawGguf().Header(0, 1).U32Pair("general.architecture", 1))]);

        Assert.Null(model.Architecture);
        Assert.Null(model.Manifest.DeclaredBlockCount);
    }

    [Fact]
    public async Task Open_ShardsInAnyOrder_AreSorted()
    {
        using GgufModel model = await GgufModel.OpenAsync([Shard(2, 3, 3, "c"), Shard(0, 3, 3, "a"), Shard(1, 3, 3, "b")]);

        Assert.Equal(["a", "b", "c"], model.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([0, 1, 2], model.Tensors.Select(tensor => tensor.FileIndex));
        Assert.Equal("shard 1", model.Files[0].Name);
    }

    public static TheoryData<string, GgufError> WrongShards => new()
    {
        { "missing", GgufError.MissingShard },
        { "one of two", GgufError.MissingShard },
        { "twice", GgufError.SplitMismatch },
        { "other count", GgufError.SplitMismatch },
        { "not a shard", GgufError.SplitMismatch },
        { "no number", GgufError.SplitMismatch },
        { "number beyond count", GgufError.SplitMismatch },
        { "count beyond 16 bits", GgufError.SplitMismatch },
        { "wrong tensor count", GgufError.SplitMismatch },
        { "duplicate tensor", GgufError.DuplicateTensor },
    };

    [Theory]
    [MemberData(nameof(WrongShards))]
    public async Task Open_ShardsThatDoNotFit_AreRefused(string what, GgufError error)
    {
        IGgufSource[] sources = what switch
        {
            "missing" => [Shard(0, 3, 2, "a"), Shard(2, 3, 2, "c")],
            "one of two" => [Shard(1, 2, 2, "a")],
            "twice" => [Shard(0, 2, 2, "a"), Shard(0, 2, 2, "b")],
            "other count" => [Shard(0, 2, 2, "a"), Shard(1, 3, 2, "b")],
            "not a shard" => [Source(new RawGguf().Header(0, 0)), Source(new RawGguf().Header(0, 0))],
            "no number" => [Source(new RawGguf().Header(0, 1).Key("split.count", 2).U16(2)), Shard(1, 2, 1, "a")],
            "number beyond count" => [Shard(0, 2, 2, "a"), Shard(2, 2, 2, "b")],
            "count beyond 16 bits" => [Source(new RawGguf().Header(0, 1).U32Pair("split.count", 65_536))],
            "wrong tensor count" => [Shard(0, 2, 5, "a"), Shard(1, 2, 5, "b")],
            _ => [Shard(0, 2, 2, "a"), Shard(1, 2, 2, "a")],
        };

        GgufFormatException e = await Assert.ThrowsAsync<GgufFormatException>(async () => await GgufModel.OpenAsync(sources));

        Assert.Equal(error, e.Error);
    }

    [Fact]
    public async Task OpenPath_ShardMissing_IsNamed()
    {
        using TemporaryFolder folder = new();
        await WriteShardAsync(folder, "m-00001-of-00002.gguf", 0, 2);

        GgufFormatException e = await Assert.ThrowsAsync<GgufFormatException>(
            async () => await GgufModel.OpenAsync(folder.File("m-00001-of-00002.gguf")));

        Assert.Equal(GgufError.MissingShard, e.Error);
        Assert.Contains("m-00002-of-00002.gguf", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("m.gguf")]
    [InlineData("m-00002-of-00002.gguf")]
    [InlineData("m-00001-of-00003.gguf")]
    [InlineData("m-00001-of-00002.bin")]
    public async Task OpenPath_ShardUnderAnotherName_IsRefused(string name)
    {
        using TemporaryFolder folder = new();
        await WriteShardAsync(folder, name, 0, 2);

        GgufFormatException e = await Assert.ThrowsAsync<GgufFormatException>(async () => await GgufModel.OpenAsync(folder.File(name)));

        Assert.Equal(GgufError.SplitMismatch, e.Error);
    }

    [Fact]
    public async Task OpenPath_NotAFile_IsToldApart()
    {
        using TemporaryFolder folder = new();

        GgufFormatException e = await Assert.ThrowsAsync<GgufFormatException>(async () => await GgufModel.OpenAsync(folder.Path));
        Assert.Equal(GgufError.NotAFile, e.Error);
        await Assert.ThrowsAsync<FileNotFoundException>(async () => await GgufModel.OpenAsync(folder.File("absent.gguf")));
        await Assert.ThrowsAsync<ArgumentException>(async () => await GgufModel.OpenAsync(Array.Empty<IGgufSource>()));
    }

    [Fact]
    public async Task OpenPath_BrokenFile_IsClosed()
    {
        using TemporaryFolder folder = new();
        await File.WriteAllBytesAsync(folder.File("m.gguf"), [1, 2, 3]);

        await Assert.ThrowsAsync<GgufFormatException>(async () => await GgufModel.OpenAsync(folder.File("m.gguf")));

        // An exclusive open succeeds only if nobody holds the file.
        using FileStream exclusive = new(folder.File("m.gguf"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        Assert.Equal(3, exclusive.Length);
    }

    [Theory]
    [InlineData("m-00001-of-00003.gguf", 0, 3)]
    [InlineData("/a/b-00001-of-00002-00002-of-00010.gguf", 1, 10)]
    public void ShardName_OfTheForm_IsParsed(string path, int number, int count)
    {
        Assert.True(GgufShardName.TryParse(path, out GgufShardName? name));
        Assert.Equal((number, count), (name.Number, name.Count));
        Assert.Equal(path, name.PathOf(number));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("-00001-of-00003.gguf")]
    [InlineData("m-00000-of-00003.gguf")]
    [InlineData("m-00004-of-00003.gguf")]
    [InlineData("m-0001-of-0003.gguf")]
    [InlineData("m-00001-of-00003.GGUF")]
    [InlineData("m-0000x-of-00003.gguf")]
    [InlineData("m-00001-of-0000x.gguf")]
    [InlineData("m-00001-of-99999.gguf")]
    public void ShardName_OfAnotherForm_IsNotParsed(string? path) => Assert.False(GgufShardName.TryParse(path, out _));

    private static RawGguf ShardOf(int number, int count, int tensors, string tensor) => new RawGguf().Header(1, 3)
        .Key("split.no", 2).U16(number).Key("split.tensors.count", 5).U32(tensors).Key("split.count", 2).U16(count)
        .Tensor(tensor, 0, 0, 8).PadTo(32).Zeros(32);

    private static StreamGgufSource Shard(int number, int count, int tensors, string tensor) =>
        new(new MemoryStream(ShardOf(number, count, tensors, tensor).ToArray()), $"shard {number + 1}");

    private static StreamGgufSource Source(RawGguf raw) => new(new MemoryStream(raw.ToArray()));

    private static Task WriteShardAsync(TemporaryFolder folder, string name, int number, int count) =>
        File.WriteAllBytesAsync(folder.File(name), ShardOf(number, count, 2, "t").ToArray());
}
