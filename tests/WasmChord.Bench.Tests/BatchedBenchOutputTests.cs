using WasmChord.Bench.Compare;

namespace WasmChord.Bench.Tests;

public sealed class BatchedBenchOutputTests
{
    // By hand, in the format of the tool's README, with made-up numbers and a message before them.
    private const string Sample = """
        some message of the loader
        {"n_kv_max": 1024, "pp": 1, "tg": 16, "pl": 1, "n_kv": 17, "speed_pp": 4.5, "speed_tg": 7.25, "speed": 7.0}

        {"n_kv_max": 1024, "pp": 1, "tg": 16, "pl": 8, "n_kv": 136, "speed_pp": 4.5, "speed_tg": 9.75, "speed": 9.0}
        """;

    [Theory]
    [InlineData(1, 7.25)]
    [InlineData(8, 9.75)]
    public void Read_Sequences_IsTheirAggregateRate(int sequences, double rate) => Assert.Equal(rate, BatchedBenchOutput.Read(Sample, sequences).Value);

    [Theory]
    [InlineData("")]
    [InlineData("|  1 |  16 |  8 |")]
    [InlineData("{\"pl\": 8}")]
    [InlineData("{\"pl\": 8, \"speed_tg\"")]
    [InlineData("{\"pl\": \"eight\", \"speed_tg\": 1}")]
    public void Read_OtherText_IsRefused(string text) => Assert.Throws<OutputFormatException>(() => BatchedBenchOutput.Read(text, 8));
}
