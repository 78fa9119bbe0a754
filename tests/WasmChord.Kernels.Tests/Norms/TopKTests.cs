namespace WasmChord.Kernels.Tests;

public class TopKTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(8, 2)]
    [InlineData(128, 8)]
    [InlineData(60, 60)]
    [InlineData(5, 0)]
    public void Select_OfRandomScores_IsTheStableDescendingOrder(int count, int k)
    {
        // Few distinct values, so that most have equals.
        float[] scores = [.. Samples.Gaussian(count, count).Select(s => MathF.Round(2 * s))];
        var indices = new int[k];
        TopK.Select(scores, k, indices);
        Assert.Equal([.. Enumerable.Range(0, count).OrderByDescending(i => scores[i]).Take(k)], indices);
    }

    [Fact]
    public void Select_WithNaN_PutsItLast()
    {
        float[] scores = [float.NaN, -1, float.NaN, float.NegativeInfinity, 3];
        var indices = new int[5];
        TopK.Select(scores, 5, indices);
        Assert.Equal([4, 1, 3, 0, 2], indices);
    }

    [Theory]
    [InlineData(4, 5, 5)]
    [InlineData(4, -1, 0)]
    [InlineData(4, 2, 3)]
    public void Select_OutOfRange_IsRefusedWithTheNumbers(int count, int k, int room)
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => TopK.Select(new float[count], k, new int[room]));
        Assert.StartsWith($"the largest {k} of {count} scores cannot be written to {room} indices", refusal.Message);
    }
}
