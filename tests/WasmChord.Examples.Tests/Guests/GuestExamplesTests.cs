using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Akka.Actor;
using WasmChord.Actors;
using WasmChord.Gguf;
using WasmChord.Inference;
using WasmChord.Kernels;
using WasmChord.Memory64;
using WasmChord.TestData;

namespace WasmChord.Examples.Tests;

/// <summary>The example guests, run on models, against what the host computes without them.</summary>
public sealed partial class GuestExamplesTests : IDisposable
{
    // The trained one of Q8_0, embeddings and output tied; the random one of Q4_K and Q6_K.
    private const string Stories = "src/WasmChord.Cli/Demo/demo.gguf", Random = "examples/models/demo.gguf";
    private const int TokenCount = 64, Bins = 16;

    private readonly ActorSystem _system = ActorSystem.Create("guests", "akka.loglevel = WARNING");

    public static TheoryData<string> Models => [Stories, Random, "shared/models/stories260K.gguf"];

    public static TheoryData<string, string> Passes
    {
        get
        {
            string[] shared = ["stories260K", "stories260K-F16", "stories260K-wide4-Q4_K_M", "stories260K-wide4-Q5_K_M", "gridcore-tied-random"];
            TheoryData<string, string> data = [];
            foreach (string guest in new[] { "forward/forward.wasm", "forward/forward-inside.wasm" })
                foreach (string model in (string[])[Stories, Random, .. shared.Select(m => $"shared/models/{m}.gguf")]) data.Add(guest, model);
            return data;
        }
    }

    public void Dispose() => _system.Dispose();

    [SkippableTheory]
    [MemberData(nameof(Models))]
    public async Task Checksum_InPlace_IsThatOfTheFile(string model)
    {
        string path = PathOf(model);
        await using StreamedModel opened = await OpenAsync(path);
        Dictionary<int, long> sums = await SumsOfFileAsync(path);
        foreach ((int layer, long sum) in sums)
            Assert.Equal(sum, Value(await RunAsync(opened, "checksum/checksum.wasm", "sum_layer", layer)));
        GuestResult all = await RunAsync(opened, "checksum/checksum.wasm");
        Assert.Equal(sums.Values.Sum(), Value(all));
        Assert.Equal((sums.Count, 0, 0L), (all.Leases, all.LeasesHeld, all.Reads));
    }

    [SkippableTheory]
    [MemberData(nameof(Models))]
    public async Task ChecksumBridge_ByCopies_IsThatOfTheFile(string model)
    {
        string path = PathOf(model);
        await using StreamedModel opened = await OpenAsync(path);
        Dictionary<int, long> sums = await SumsOfFileAsync(path);
        foreach ((int layer, long sum) in sums)
            Assert.Equal(sum, Value(await RunAsync(opened, "checksum-bridge/checksum-bridge.wasm", "sum_layer", layer)));
        GuestResult all = await RunAsync(opened, "checksum-bridge/checksum-bridge.wasm");
        Assert.Equal(sums.Values.Sum(), Value(all));
        Assert.True(all.BytesRead >= opened.Description.TensorBytes, $"{all.BytesRead} bytes were copied");

        // The same bytes, as a range of the tensor data that begins and ends within tensors.
        byte[] file = await File.ReadAllBytesAsync(path);
        using GgufModel gguf = await GgufModel.OpenAsync(path);
        int data = (int)gguf.Tensors.Min(t => t.FileOffset), from = 1001, size = 200_003;
        Assert.Equal(file.AsSpan(data + from, size).ToArray().Sum(b => (long)b),
            Value(await RunAsync(opened, "checksum-bridge/checksum-bridge.wasm", "sum_range", from, size)));
    }

    [Fact]
    public async Task Checksum_AsText_IsRunToo()
    {
        await using StreamedModel opened = await OpenAsync(PathOf(Random));
        Assert.Equal(Value(await RunAsync(opened, "checksum/checksum.wasm")), Value(await RunAsync(opened, "checksum/checksum.wat")));
    }

    // It imports everything there is: a function that the host has with another type, or lacks, cannot be linked.
    [Fact]
    public async Task Bindings_OfAllFunctions_AreTheHosts()
    {
        string snippet = await File.ReadAllTextAsync(BuiltGuest.PathOf("include/wasmchord.wat"));
        string text = snippet[..snippet.LastIndexOf(')')] + """(func (export "run") (result i32) (call $layer_count)))""";
        await using StreamedModel opened = await OpenAsync(PathOf(Random));
        GuestResult result = await opened.RunGuestAsync(Encoding.UTF8.GetBytes(text));
        Assert.True(result.HasReturned, result.Text);
        Assert.Equal(4, Value(result));

        result = await opened.RunGuestAsync(Encoding.UTF8.GetBytes(text.Replace("(param $epsilon f32)", "(param $epsilon f64)", StringComparison.Ordinal)));
        Assert.Equal(GuestEnd.NotLinked, result.End);
    }

    [Fact]
    public async Task Readme_ShowsWhatTheGuestsSay()
    {
        string readme = await File.ReadAllTextAsync(BuiltGuest.PathOf("README.md"));
        await using StreamedModel opened = await OpenAsync(PathOf(Stories));
        Assert.Contains($"checksum.wasm\n    {Value(await RunAsync(opened, "checksum/checksum.wasm"))}\n", readme, StringComparison.Ordinal);
        Assert.Contains($"--arg -2\n    {Value(await RunAsync(opened, "checksum/checksum.wasm", "sum_layer", -2))}\n", readme, StringComparison.Ordinal);
        GuestResult tokens = await RunAsync(opened, "forward/forward-inside.wasm", "generate", 1, 8);
        Assert.Contains($"    {tokens.Log}\n    8\n", readme, StringComparison.Ordinal);
        foreach (string line in (await RunAsync(opened, "histogram/histogram.wasm")).Log.Split('\n').Take(3))
            Assert.Contains($"    {line}\n", readme, StringComparison.Ordinal);
        Assert.All(BuiltGuest.ReadAll(), g => Assert.Contains($"| `{Path.GetFileNameWithoutExtension(g.Guest)}` |", readme, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("checksum/checksum.wasm")]
    [InlineData("checksum-bridge/checksum-bridge.wasm")]
    public async Task Checksum_OfALayerThatIsNot_SaysSo(string guest)
    {
        await using StreamedModel opened = await OpenAsync(PathOf(Random));
        Assert.Equal((long)GuestCode.LayerNotFound, Value(await RunAsync(opened, guest, "sum_layer", 99)));
    }

    // The budget holds a layer or two, so the pass streams.
    [SkippableTheory]
    [MemberData(nameof(Passes))]
    public async Task Forward_Greedy_GivesTheHostsTokens(string guest, string model)
    {
        string path = PathOf(model);
        int[] host = await GreedyAsync(path, [1]);
        await using StreamedModel opened = await OpenAsync(path);
        GuestResult result = await RunAsync(opened, guest, "generate", 1, TokenCount);
        Assert.Equal(TokenCount, Value(result));
        Assert.Equal(host, result.Log.Split(',').Select(t => int.Parse(t, CultureInfo.InvariantCulture)));
        Assert.Equal((0, 0L), (result.LeasesHeld, result.Reads));
        // A token visits the embedding, every block, the head, and the matrix of the output in one of the edges.
        Assert.Equal(TokenCount * (opened.Description.Layers.Count(l => l.IsBlock) + 3), result.Leases);
        CacheStatistics cache = (await opened.GetStatisticsAsync()).Cache;
        Assert.True(cache.Evictions > 0, "the pass did not stream");
    }

    [Theory]
    [InlineData("forward/forward.wasm")]
    [InlineData("forward/forward-inside.wasm")]
    public async Task Forward_CalledWrongly_SaysWhy(string guest)
    {
        await using StreamedModel opened = await OpenAsync(PathOf(Random));
        Assert.Equal(-103, Value(await RunAsync(opened, guest, "forward", 1, 0)));
        Assert.Equal(0, Value(await RunAsync(opened, guest, "start")));
        Assert.Equal((long)GuestCode.BadArgument, Value(await RunAsync(opened, guest, "generate", 512, 1)));
        Assert.Equal((long)GuestCode.BadArgument, Value(await RunAsync(opened, guest, "generate", -1, 1)));
    }

    [SkippableTheory]
    [MemberData(nameof(Models))]
    public async Task Histogram_OfABlock_CountsEveryValueAsTheHostDoes(string model)
    {
        string path = PathOf(model);
        float[] values = await ValuesOfFirstBlockAsync(path);
        await using StreamedModel opened = await OpenAsync(path);
        GuestResult result = await RunAsync(opened, "histogram/histogram.wasm");
        Assert.Equal(values.Length, Value(result));
        MatchCollection lines = HistogramLine().Matches(result.Log);
        long[] counts = [.. lines.Select(m => long.Parse(m.Groups[3].ValueSpan, CultureInfo.InvariantCulture))];
        Assert.Equal(values.Length, counts.Sum());
        Assert.Equal(CountsOf(values), counts);
        Assert.Equal(values.Min(), double.Parse(lines[0].Groups[1].ValueSpan, CultureInfo.InvariantCulture), 5e-6);
        Assert.Equal(values.Max(), double.Parse(lines[^1].Groups[2].ValueSpan, CultureInfo.InvariantCulture), 5e-6);
        Assert.Equal(40, lines.Max(m => m.Groups[4].Length));
    }

    [Fact]
    public void OneLine_TakesTheEndsOfLinesOut_AndNothingElse()
    {
        const int vocabulary = 1536;
        using GuestEngine engine = new();
        GuestModule module = engine.Compile(ReadModule("one-line/one-line.wasm"), new GuestLimits());
        using GuestLogitsProcessor processor = GuestLogitsProcessor.Start(engine, module, new GuestLimits(), TimeSpan.FromSeconds(30), vocabulary);
        float[] logits = [.. Enumerable.Range(0, vocabulary).Select(i => MathF.Sin(i))], expected = [.. logits];
        expected[3 + '\n'] = expected[3 + '\r'] = float.NegativeInfinity;
        for (int position = 0; position < 3; position++) Assert.True(processor.TryProcess(logits, position, out string failure), failure);
        Assert.Equal(expected, logits);
    }

    [Fact]
    public void OneLine_AnotherVocabulary_FailsRatherThanLetAnythingPass()
    {
        using GuestEngine engine = new();
        GuestModule module = engine.Compile(ReadModule("one-line/one-line.wasm"), new GuestLimits());
        using GuestLogitsProcessor processor = GuestLogitsProcessor.Start(engine, module, new GuestLimits(), TimeSpan.FromSeconds(30), 10);
        Assert.False(processor.TryProcess(new float[10], 0, out string failure));
        Assert.Contains("-15", failure, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(Random, new[] { 109 })]
    [InlineData("shared/models/stories260K.gguf", new[] { 1, 403, 407, 261, 378 })]
    public async Task OneLine_InAGeneration_KeepsTheTextOnOneLine(string model, int[] prompt)
    {
        string path = PathOf(model);
        int[] before = await GreedyAsync(path, prompt);
        int[] after = await GreedyAsync(path, prompt, new LogitsProcessorModule(ReadModule("one-line/one-line.wasm")));
        int first = Array.FindIndex(before, EndsLine);
        Assert.InRange(first, 0, TokenCount - 1);
        Assert.Equal(before[..first], after[..first]);
        Assert.NotEqual(before[first], after[first]);
        Assert.DoesNotContain(after, t => EndsLine(t));
        Assert.Equal(TokenCount, after.Length);

        static bool EndsLine(int token) => token is 3 + '\n' or 3 + '\r';
    }

    // What the host says without guests, within whatever budget there is.
    private async Task<int[]> GreedyAsync(string path, int[] prompt, LogitsProcessorModule? processor = null)
    {
        await using StreamedModel opened = await WasmChordExtension.Get(_system).OpenModelAsync(path, new ModelOptions());
        GenerationResult result = await opened.GenerateAsync(
            GenerationPrompt.FromTokens([.. prompt.Select(t => new TokenId(t))]),
            new GenerationOptions { MaxTokens = TokenCount, IgnoreEndOfText = true, LogitsProcessor = processor });
        return [.. result.Tokens.Select(t => t.Value)];
    }

    private async Task<StreamedModel> OpenAsync(string path) =>
        await WasmChordExtension.Get(_system).OpenModelAsync(path, new ModelOptions { Budget = BudgetSpec.Parse("2layers") });

    private static async Task<GuestResult> RunAsync(StreamedModel model, string guest, string? function = null, params int[] arguments)
    {
        GuestResult result = await model.RunGuestAsync(ReadModule(guest), new GuestOptions
        {
            Invoke = function,
            Arguments = [.. arguments.Select(a => a.ToString(CultureInfo.InvariantCulture))],
            Limits = new GuestLimits { WallTime = TimeSpan.FromMinutes(2) },
        });
        Assert.True(result.HasReturned, $"{guest} {function}: {result.End}, {result.Text}");
        return result;
    }

    private static long Value(GuestResult result) => Assert.Single(result.Values).AsInt64();

    private static byte[] ReadModule(string guest) => File.ReadAllBytes(BuiltGuest.PathOf(guest));

    private static string PathOf(string model) => model.StartsWith("shared/", StringComparison.Ordinal)
        ? SharedTestData.Require(model["shared/".Length..])
        : Path.Combine(SharedTestData.RepositoryRoot, model);

    // Straight from the file, without the engine; by the number that guests know a layer by.
    private static async Task<Dictionary<int, long>> SumsOfFileAsync(string path)
    {
        byte[] file = await File.ReadAllBytesAsync(path);
        using GgufModel model = await GgufModel.OpenAsync(path);
        Dictionary<int, long> sums = [];
        foreach (TensorInfo tensor in model.Tensors)
        {
            LayerId layer = model.Manifest.LayerOf(tensor.Name)!.Value;
            int number = layer.IsBlock ? layer.Value : layer == LayerId.Embedding ? -1 : -2;
            long sum = 0;
            foreach (byte b in file.AsSpan((int)tensor.FileOffset, (int)tensor.ByteLength)) sum += b;
            sums[number] = sums.GetValueOrDefault(number) + sum;
        }

        return sums;
    }

    private static async Task<float[]> ValuesOfFirstBlockAsync(string path)
    {
        byte[] file = await File.ReadAllBytesAsync(path);
        using GgufModel model = await GgufModel.OpenAsync(path);
        List<float> values = [];
        foreach (TensorInfo tensor in model.Tensors.Where(t => model.Manifest.LayerOf(t.Name) == LayerId.Block(0)))
        {
            float[] decoded = new float[tensor.Shape.ValueCount];
            Dequantizer.ToFloat(tensor.Type, file.AsSpan((int)tensor.FileOffset, (int)tensor.ByteLength), decoded);
            values.AddRange(decoded);
        }

        return [.. values];
    }

    private static long[] CountsOf(float[] values)
    {
        long[] counts = new long[Bins];
        float smallest = values.Min(), scale = Bins / (values.Max() - smallest);
        foreach (float value in values) counts[Math.Min(Bins - 1, (int)((value - smallest) * scale))]++;
        return counts;
    }

    [GeneratedRegex(@"^ *(-?\d+\.\d{5}) to +(-?\d+\.\d{5}) +(\d+)(?: (#+))?$", RegexOptions.Multiline)]
    private static partial Regex HistogramLine();
}
