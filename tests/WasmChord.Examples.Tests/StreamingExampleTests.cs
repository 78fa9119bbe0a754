using System.Globalization;
using System.Text.RegularExpressions;
using WasmChord.Examples.EmbeddedStreaming;
using WasmChord.Gguf;

namespace WasmChord.Examples.Tests;

public sealed class StreamingExampleTests
{
    [Fact]
    public async Task Run_WithoutArguments_SumsEveryLayerOfTheDemoModelTwice()
    {
        (int exit, string output, string error) = await RunAsync();
        Assert.Equal("", error);
        Assert.Equal(0, exit);
        Dictionary<string, (long Bytes, ulong Sum)> expected = await SumsOfFileAsync();
        MatchCollection lines = Regex.Matches(output, @"^  (\S+) +(\d+) segments +(\d+) bytes, sum (\d+)\r?$", RegexOptions.Multiline);
        Assert.Equal(2 * expected.Count, lines.Count);
        foreach (Match line in lines)
        {
            (long bytes, ulong sum) = expected[line.Groups[1].Value];
            Assert.Equal(bytes, Number(line.Groups[3]));
            Assert.Equal(sum, ulong.Parse(line.Groups[4].Value, CultureInfo.InvariantCulture));
        }
    }

    [Fact]
    public async Task Run_BudgetBelowTheModel_StreamsAndNeverExceedsIt()
    {
        (int exit, string output, _) = await RunAsync(ExampleFiles.DemoModel, "1200KiB");
        Assert.Equal(0, exit);
        Assert.Contains("Streaming: ", output, StringComparison.Ordinal);
        Match memory = Regex.Match(output, @"budget (\d+) bytes, peak (\d+) bytes");
        Match cache = Regex.Match(output, @"misses (\d+) .*evictions (\d+), read (\d+) bytes");
        Assert.Equal(1200 * 1024, Number(memory.Groups[1]));
        Assert.InRange(Number(memory.Groups[2]), 1, 1200 * 1024);
        Assert.True(Number(cache.Groups[2]) > 0, "a model larger than its budget was read without an eviction");
        Assert.True(Number(cache.Groups[3]) > (await SumsOfFileAsync()).Values.Sum(s => s.Bytes), "two passes read no byte twice");
    }

    [Theory]
    [InlineData("1KiB", "smallest that would do")]
    [InlineData("some", "is not a budget")]
    public async Task Run_ImpossibleBudget_FailsAndSaysWhy(string budget, string words)
    {
        (int exit, _, string error) = await RunAsync(ExampleFiles.DemoModel, budget);
        Assert.Equal(1, exit);
        Assert.Contains(words, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NoSuchModel_FailsAndNamesIt()
    {
        (int exit, _, string error) = await RunAsync("no-such-model.gguf");
        Assert.Equal(1, exit);
        Assert.Contains("no-such-model.gguf", error, StringComparison.Ordinal);
    }

    private static async Task<(int Exit, string Output, string Error)> RunAsync(params string[] args)
    {
        using StringWriter output = new(CultureInfo.InvariantCulture), error = new(CultureInfo.InvariantCulture);
        int exit = await StreamingExample.RunAsync(args, output, error);
        return (exit, output.ToString(), error.ToString());
    }

    // Straight from the file, without the engine.
    private static async Task<Dictionary<string, (long Bytes, ulong Sum)>> SumsOfFileAsync()
    {
        byte[] file = await File.ReadAllBytesAsync(ExampleFiles.DemoModel);
        using GgufModel model = await GgufModel.OpenAsync(ExampleFiles.DemoModel);
        Dictionary<string, (long Bytes, ulong Sum)> sums = [];
        foreach (TensorInfo tensor in model.Tensors)
        {
            string layer = model.Manifest.LayerOf(tensor.Name)!.Value.ToString();
            (long bytes, ulong sum) = sums.GetValueOrDefault(layer);
            foreach (byte b in file.AsSpan((int)tensor.FileOffset, (int)tensor.ByteLength)) sum += b;
            sums[layer] = (bytes + tensor.ByteLength, sum);
        }

        return sums;
    }

    private static long Number(Group group) => long.Parse(group.Value, CultureInfo.InvariantCulture);
}
