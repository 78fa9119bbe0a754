using WasmChord.Bench.Compare;

namespace WasmChord.Bench.Tests;

/// <summary>The samples are written by hand in the format that the tool's README documents, with made-up numbers.</summary>
public sealed class LlamaBenchOutputTests
{
    private const string Sample = """
        [
          { "build_commit": "abc1234", "build_number": 77, "n_prompt": 64, "n_gen": 0, "avg_ts": 99.0, "samples_ns": [1, 2, 3], "samples_ts": [ 70.5, 72.5, 71.5 ] },
          { "build_commit": "abc1234", "build_number": 77, "n_prompt": 0, "n_gen": 16, "avg_ts": 99.0, "samples_ns": [1, 2], "samples_ts": [ 7.0, 8.0 ] }
        ]
        """;

    [Theory]
    [InlineData(64, 0, 71.5)]
    [InlineData(0, 16, 7.5)]
    public void Read_Test_IsTheMedianOfItsRuns(int prompt, int generate, double rate) => Assert.Equal(rate, LlamaBenchOutput.Read(Sample, prompt, generate).Value);

    [Fact]
    public void Build_Sample_NamesNumberAndCommit() => Assert.Equal("77 (abc1234)", LlamaBenchOutput.Build(Sample));

    [Theory]
    [InlineData(Sample, 512)]
    [InlineData("", 64)]
    [InlineData("error: failed to load model", 64)]
    [InlineData("{}", 64)]
    [InlineData("[ 1 ]", 64)]
    [InlineData("[ { \"n_prompt\": 64 } ]", 64)]
    [InlineData("[ { \"n_prompt\": 64, \"n_gen\": 0, \"samples_ts\": [] } ]", 64)]
    public void Read_OtherText_IsRefused(string text, int prompt) => Assert.Throws<OutputFormatException>(() => LlamaBenchOutput.Read(text, prompt, 0));
}
