using WasmChord.Gguf;
using WasmChord.Inference;
using WasmChord.Inference.Tests;
using WasmChord.Memory64;

namespace WasmChord.Actors.Tests;

/// <summary>Matrices in several tiles, streamed through the least memory that there can be, are the matrices that they are whole.</summary>
public sealed class GenerationTilesTests : GenerationTestKit
{
    private const long TileBytes = ImageOptions.PageBytes;

    // Rows of 256 values, as K-quants need: 144 bytes each, so that the smallest matrix, of 64 rows, takes three tiles.
    private static readonly TinyModel s_wide = new("llama")
    {
        Hidden = 256, Heads = 8, KvHeads = 2, KeyDim = 32, ValueDim = 32, FeedForward = 512, Vocabulary = 512, Context = 128, Type = GgmlType.Q4_K,
    };

    private readonly string _path = s_wide.Write(Path.Combine(Path.GetTempPath(), $"wasmchord-{Guid.NewGuid():n}.gguf"));

    [Theory]
    [InlineData(MatMulScheme.Integer, KvType.F16)]
    [InlineData(MatMulScheme.Float, KvType.F16)]
    public async Task Generate_ThreeTilesOrMoreATensorAtTheSmallestBudget_GivesTheLogitsOfTheFullOne(MatMulScheme scheme, KvType kv)
    {
        GenerationSettings Change(GenerationSettings g) => g with { Scheme = scheme, KvType = kv };
        GenerationOptions options = new() { MaxTokens = 12, IgnoreEndOfText = true, LogitsOfPrompt = true };
        TokenId[] prompt = Prompt(1, 20);
        // Whole matrices, all of them in memory.
        await using StreamedModel whole = await OpenAsync(generation: Change, path: _path, tileBytes: 1 << 20);
        (GenerationResult expected, ulong[] logits) = await ObserveAsync(whole, prompt, options);
        Assert.Equal(20 + 11, logits.Length);

        long smallest = await SmallestBudgetAsync(31, _path, TileBytes);
        await using StreamedModel tight = await OpenAsync($"{smallest}", Change, _path, tileBytes: TileBytes);
        ImageLayout layout = tight.Description.Layout;
        ILookup<int, Segment> tiles = layout.Segments.Segments.ToArray().ToLookup(s => s.TensorIndex);
        using GgufModel file = await GgufModel.OpenAsync(_path);
        Assert.All(file.Tensors.Select((tensor, i) => (tensor, i)).Where(t => t.tensor.Shape.DimensionCount == 2), t =>
            Assert.True(tiles[t.i].Count() >= 3, $"{t.tensor.Name} has {tiles[t.i].Count()} tiles"));
        MemoryStatus memory = await tight.GetMemoryAsync();
        Assert.True(memory.CacheBytes < layout.AllLayersBytes / 2, $"{memory} holds most of the {layout.AllLayersBytes} bytes of the layers");

        (GenerationResult result, ulong[] seen) = await ObserveAsync(tight, prompt, options);

        Assert.Equal(expected.Tokens, result.Tokens);
        Assert.Equal(logits, seen);
        memory = await tight.GetMemoryAsync();
        Assert.InRange(memory.PeakResidentBytes, 1, smallest);
        Assert.True((await tight.GetStatisticsAsync()).Cache.Evictions > layout.Segments.Count, "tiles came and went in every wave");
        await AssertNothingKeptAsync(tight);

        await using StreamedModel below = await OpenAsync($"{smallest - 1}", Change, _path, tileBytes: TileBytes);
        GenerationRefusedException e = await Assert.ThrowsAsync<GenerationRefusedException>(() => below.GenerateAsync(GenerationPrompt.FromTokens(prompt), options));
        Assert.Equal(GenerationRefusal.KvExceedsBudget, e.Reason);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        File.Delete(_path);
    }
}
