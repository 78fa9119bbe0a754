namespace WasmChord.Training.Stories.Tests;

public sealed class TextOverlapTests
{
    [Fact]
    public void Measure_CountsTheSequencesThatWereSeen()
    {
        TextOverlap overlap = new(3);
        overlap.Add("a b c d e");

        Assert.Equal((3, 3), overlap.Measure("a b c d e", 0));
        Assert.Equal((1, 3), overlap.Measure("x b c d y", 0));
        Assert.Equal((0, 1), overlap.Measure("a b d", 0));
        Assert.Equal((1, 1), overlap.Measure("x x x a b c", 6));
        Assert.Equal((0, 0), overlap.Measure("a b", 0));
    }
}
