namespace WasmChord.Actors.Tests;

public sealed class WaitingLineTests
{
    [Fact]
    public void First_PrioritiesAndArrivals_TheHighestThenTheEarliest()
    {
        WaitingLine<string> line = new();
        line.Add("late", 0, 3);
        line.Add("early", 0, 1);
        line.Add("urgent", int.MaxValue, 4);
        line.Add("patient", int.MinValue, 0);
        Assert.Equal(["urgent", "early", "late", "patient"], line.All);
        Assert.True(line.Remove("urgent"));
        Assert.False(line.Remove("urgent"));
        Assert.Equal("early", line.First);
        Assert.Equal(3, line.Count);
    }
}
