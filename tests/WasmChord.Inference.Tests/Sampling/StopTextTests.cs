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
    [InlineData("abcd", "bc|abcd", "a")]
    [InlineData("xabc", "c|abc|bc", "x")]
    [InlineData("aabaabaac", "aabaac", "aab")]
    [InlineData("aaaaaaaaab", "aaab", "aaaaaa")]
    [InlineData("\n\nUser: hi", "\nUser:|<|end|>", "\n")]
    [InlineData("中文结束了", "结束", "中文")]
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
    public void Push_AfterAStop_PassesNothingOn()
    {
        StopText stop = new(["."]);
        Assert.Equal("a", stop.Push("a.b"));
        Assert.Equal(".", stop.Met);
        Assert.Equal("", stop.Push("c."));
        Assert.Equal("", stop.Flush());
    }

    [Fact]
    public void Push_OnRandomText_AgreesWithANaiveSearch()
    {
        Random random = new(9);
        for (int round = 0; round < 3_000; round++)
        {
            string[] stops = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Letters(random.Next(1, 6)))];
            string text = Letters(random.Next(0, 40));
            (int end, string? met) = Naive(text, stops);
            StopText stop = new(stops);
            StringBuilder passed = new();
            for (int i = 0; i < text.Length;)
            {
                int size = Math.Min(random.Next(0, 5), text.Length - i);
                passed.Append(stop.Push(text.Substring(i, size)));
                i += size;
                // What is held is never longer than it must be.
                if (stop.Met is null) Assert.Equal(Pending(text[..i], stops), i - passed.Length);
            }

            if (stop.Met is null) passed.Append(stop.Flush());
            Assert.Equal(met, stop.Met);
            Assert.Equal(text[..end], passed.ToString());
        }

        string Letters(int count) => string.Concat(Enumerable.Range(0, count).Select(_ => (char)('a' + random.Next(2))));
    }

    [Fact]
    public void Push_OfLongStopsAndTexts_TakesLinearTime()
    {
        // A quadratic search would take 10^10 steps here.
        StopText stop = new([new string('a', 50_000) + 'b' + new string('a', 50_000)]);
        int passed = 0;
        for (int i = 0; i < 200_000; i++) passed += stop.Push("a").Length;
        Assert.Equal(150_000, passed);
        Assert.Null(stop.Met);
    }

    [Fact]
    public void Push_WhereNothingIsHeld_AllocatesNothing()
    {
        StopText stop = new(["</s>", "STOP"]);
        for (int i = 0; i < 50; i++) stop.Push("hello ");
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 50; i++) stop.Push("hello ");
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Constructor_OfAnEmptyStop_IsRefused() => Assert.Throws<InferenceException>(() => new StopText([""]));

    /// <summary>The stop that is complete first, the longest of those that end there.</summary>
    private static (int End, string? Met) Naive(string text, string[] stops)
    {
        for (int end = 1; end <= text.Length; end++)
            if (stops.Where(s => text[..end].EndsWith(s, StringComparison.Ordinal)).MaxBy(s => s.Length) is { } met) return (end - met.Length, met);
        return (text.Length, null);
    }

    private static int Pending(string text, string[] stops) =>
        Enumerable.Range(0, text.Length + 1).Last(n => n == 0 || Array.Exists(stops, s => s.Length > n && s.StartsWith(text[^n..], StringComparison.Ordinal)));
}
