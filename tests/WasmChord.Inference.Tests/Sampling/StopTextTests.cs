using System.Text;

namespace WasmChord.Inference.Tests;

public sealed class StopTextTests
{
    [Theory]
    [InlineData("hello STOP world", "STOP", "hello ")]
    [InlineData("no end", "STOP", "no end")]
    [InlineData("SSTOP", "STOP", "S")]
    [InlineData("ababac", "abac", "ab")]
    [InlineData("STO", "STOP", "STO")]
    [InlineData("ünï😀end", "😀", "ünï")]
    [InlineData("a###b", "##|###", "a")]
    public void Push_HoweverTheTextIsCut_PassesOnWhatPrecedesTheFirstStop(string text, string stops, string expected)
    {
        for (int size = 1; size <= text.Length; size++)
        {
            StopText stop = new(stops.Split('|'));
            StringBuilder passed = new();
            for (int i = 0; i < text.Length; i += size) passed.Append(stop.Push(text.Substring(i, Math.Min(size, text.Length - i))));
            if (stop.Met is null) passed.Append(stop.Flush());
            Assert.Equal(expected, passed.ToString());
            Assert.Equal(text != expected, stop.Met is not null);
        }
    }

    [Fact]
    public void Push_OfWhatBeginsNoStop_IsPassedOnAtOnce()
    {
        StopText stop = new(["</s>"]);
        Assert.Equal("hello", stop.Push("hello"));
        Assert.Equal("", stop.Push("<"));
        Assert.Equal("<b", stop.Push("b"));
    }

    [Fact]
    public void Constructor_OfAnEmptyStop_IsRefused() => Assert.Throws<InferenceException>(() => new StopText([""]));
}
