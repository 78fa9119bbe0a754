using WasmChord.Bench.Compare;

namespace WasmChord.Bench.Tests;

public sealed class ToolOutputTests
{
    private const string Bench = """{"model":"m","tests":[{"test":"pp64","median_tokens_per_second":15.5,"bytes_read_per_token":1152},{"test":"tg8","median_tokens_per_second":10.5,"bytes_read_per_token":2e9}]}""";

    [Fact]
    public void Bench_Test_IsItsMedianAndItsReading()
    {
        Assert.Equal(new Reading(15.5, 1152), ToolOutput.Bench(Bench, "pp64"));
        Assert.Equal(new Reading(10.5, 2e9), ToolOutput.Bench(Bench, "tg8"));
    }

    [Fact]
    public void Generate_Report_IsItsRateAndPromptLength()
    {
        (Reading decode, int prompt) = ToolOutput.Generate("""{"decode_tokens_per_second":3.5,"bytes_read_per_token":7,"prompt_tokens":120}""");
        Assert.Equal((new Reading(3.5, 7), 120), (decode, prompt));
    }

    [Theory]
    [InlineData(Bench)]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"tests\":[{}]}")]
    [InlineData("{\"tests\":[{\"test\":\"tg16\",\"median_tokens_per_second\":\"fast\"}]}")]
    public void Bench_OtherText_IsRefused(string text) => Assert.Throws<OutputFormatException>(() => ToolOutput.Bench(text, "tg16"));
}
