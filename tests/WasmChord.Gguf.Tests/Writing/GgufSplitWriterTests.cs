namespace WasmChord.Gguf.Tests.Writing;

public class GgufSplitWriterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task SplitAndMerge_RandomModel_IsTheSameFile(int seed)
    {
        using TemporaryFolder folder = new();
        Random random = new(seed);
        GgufWriter writer = RandomModel.Create(random, maxTensors: 40);
        MemoryStream whole = new();
        await writer.WriteAsync(whole);

        IReadOnlyList<string> paths = await GgufSplitWriter.WriteAsync(writer, folder.File("m"), new GgufSplitOptions(random.Next(1, 9)));

        await using GgufModel model = await GgufModel.OpenAsync(paths[^1]);
        Assert.Equal(paths, model.Files.Select(file => file.Name));
        MemoryStream merged = new();
        await GgufWriter.From(model).WriteAsync(merged);
        Assert.Equal(whole.ToArray(), merged.ToArray());
    }

    [Fact]
    public async Task Split_ByCount_NamesAndFillsTheShards()
    {
        using TemporaryFolder folder = new();
        GgufWriter writer = FiveTensors();
        writer.Metadata.Add("general.alignment", 64u);
        writer.Metadata.Add("general.name", "five");

        await GgufSplitWriter.WriteAsync(writer, folder.File("m"), new GgufSplitOptions(MaxTensors: 2));

        Assert.Equal(["m-00001-of-00003.gguf", "m-00002-of-00003.gguf", "m-00003-of-00003.gguf"], folder.Names);
        using GgufModel model = await GgufModel.OpenAsync(folder.File("m-00002-of-00003.gguf"));
        Assert.Equal([2, 2, 1], model.Files.Select(file => file.Tensors.Count));
        Assert.Equal([0, 0, 1, 1, 2], model.Tensors.Select(tensor => tensor.FileIndex));
        Assert.Equal([64, 64, 64], model.Files.Select(file => file.Alignment));
        Assert.Equal(
            ["general.alignment", "general.name", "split.no", "split.tensors.count", "split.count"], model.Metadata.Select(e => e.Key));
        Assert.Equal([(ushort)1, 5, (ushort)3], model.Files[1].Metadata.Skip(1).Select(e => e.Value!));
    }

    [Theory]
    [InlineData(128, new[] { 1, 3, 1 })]
    [InlineData(1, new[] { 1, 1, 1, 1, 1 })]
    [InlineData(100_000, new[] { 5 })]
    public async Task Split_ByBytes_KeepsToTheLimit(long maxBytes, int[] counts)
    {
        using TemporaryFolder folder = new();

        IReadOnlyList<string> paths = await GgufSplitWriter.WriteAsync(FiveTensors(), folder.File("m"), new GgufSplitOptions(MaxBytes: maxBytes));

        using GgufModel model = await GgufModel.OpenAsync(paths[0]);
        Assert.Equal(counts, model.Files.Select(file => file.Tensors.Count));
    }

    [Fact]
    public async Task Split_NoTensorsInFirst_KeepsMetadataApart()
    {
        using TemporaryFolder folder = new();

        IReadOnlyList<string> paths =
            await GgufSplitWriter.WriteAsync(FiveTensors(), folder.File("m"), new GgufSplitOptions(3, NoTensorsInFirst: true));

        using GgufModel model = await GgufModel.OpenAsync(paths[0]);
        Assert.Equal([0, 3, 2], model.Files.Select(file => file.Tensors.Count));
    }

    [Fact]
    public async Task Split_Failure_LeavesNoShard()
    {
        using TemporaryFolder folder = new();
        GgufWriter writer = FiveTensors();
        writer.AddTensor("broken", GgmlType.F32, new TensorShape(1, 8), (_, _) => throw new IOException("no disk"));

        await Assert.ThrowsAsync<IOException>(
            async () => await GgufSplitWriter.WriteAsync(writer, folder.File("m"), new GgufSplitOptions(MaxTensors: 1)));

        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task Split_SenselessLimits_AreRefused()
    {
        GgufWriter already = FiveTensors();
        already.Metadata.Add("split.count", (ushort)2);

        await Assert.ThrowsAsync<ArgumentException>(async () => await GgufSplitWriter.WriteAsync(FiveTensors(), "m", new GgufSplitOptions(0)));
        await Assert.ThrowsAsync<ArgumentException>(
            async () => await GgufSplitWriter.WriteAsync(FiveTensors(), "m", new GgufSplitOptions(MaxBytes: -1)));
        await Assert.ThrowsAsync<ArgumentException>(async () => await GgufSplitWriter.WriteAsync(already, "m", new GgufSplitOptions(2)));
    }

    // Padded to 32: 256, 32, 32, 32 and 128 bytes.
    private static GgufWriter FiveTensors()
    {
        GgufWriter writer = new();
        int[] counts = [64, 1, 8, 5, 32];
        for (int i = 0; i < counts.Length; i++)
            writer.AddTensor($"blk.{i}.a", GgmlType.F32, new TensorShape(1, counts[i]), new byte[counts[i] * 4]);
        return writer;
    }
}
