using WasmChord.Bench.Figures;

namespace WasmChord.Bench.Tests;

public sealed class MarkdownTableTests
{
    [Fact]
    public void ToString_Rows_ArePaddedAndAligned()
    {
        MarkdownTable table = new("case", "t/s");
        table.Add("a|b", "1.25");
        Assert.Equal(
            ["| case |  t/s |", "| ---- | ---: |", "| a\\|b | 1.25 |"],
            table.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Add_WrongCount_Refused() => Assert.Throws<ArgumentException>(() => new MarkdownTable("a", "b").Add("1"));
}
