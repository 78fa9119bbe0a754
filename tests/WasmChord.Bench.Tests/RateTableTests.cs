using WasmChord.Bench.Io;
using WasmChord.Memory64;

namespace WasmChord.Bench.Tests;

public sealed class RateTableTests
{
    private static readonly Cell s_direct = new(StorageMode.Direct, false, true, true, 2, 1), s_cached = new(StorageMode.Buffered, true, false, false, 1, 1);

    [Fact]
    public void Of_Cells_AreRowsOfWaysAndColumnsOfRequests()
    {
        Dictionary<Cell, List<Measurement>> results = new()
        {
            [s_direct] = [new(2, 0.1), new(4, 0.3), new(3, 0.2)],
            [s_direct with { RequestMebibytes = 8 }] = [new(5, 0)],
            [s_cached] = [new(1, 1)],
        };
        string[] rows = RateTable.Of([1, 8], results).ToString().Split(Environment.NewLine);
        Assert.Equal("| direct |  2MiB | recycled |       2 | 3.00 (0.20) | 5.00 (0.00) |", rows[2]);
        Assert.Equal("| cached |  4KiB |    fresh |       1 | 1.00 (1.00) |           – |", rows[3]);
        Assert.Equal([(5, 8), (1, 1)], RateTable.Best(results).Select(b => (b.Median.Rate, b.Cell.RequestMebibytes)));
    }

    [Fact]
    public void All_Cells_AreDistinctAndDirectReadsAreNeverCached()
    {
        Cell[] all = [.. Cell.All([1, 2])];
        Assert.Equal(3 * 2 * 2 * 3 * 2, all.Distinct().Count());
        Assert.DoesNotContain(all, c => c is { Mode: StorageMode.Direct, Cached: true });
    }

    [Theory]
    [InlineData("DIRECT 2mib", true)]
    [InlineData("direct fresh", false)]
    [InlineData("", true)]
    [InlineData("cached", false)]
    public void Matches_Words_ChooseRows(string words, bool matches) => Assert.Equal(matches, s_direct.Matches(words.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
}
