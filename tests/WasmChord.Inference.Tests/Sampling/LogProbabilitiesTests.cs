namespace WasmChord.Inference.Tests;

public sealed class LogProbabilitiesTests
{
    [Fact]
    public void Of_KnownProbabilities_IsTheirLogarithm()
    {
        float[] logits = [MathF.Log(0.5f) + 7, MathF.Log(0.3f) + 7, MathF.Log(0.2f) + 7, float.NegativeInfinity];
        Assert.Equal(Math.Log(0.5), LogProbabilities.Of(logits, new TokenId(0)), 5);
        Assert.Equal(Math.Log(0.2), LogProbabilities.Of(logits, new TokenId(2)), 5);
        Assert.Equal(float.NegativeInfinity, LogProbabilities.Of(logits, new TokenId(3)));
    }

    [Fact]
    public void Top_OnRandomLogits_AgreesWithSorting()
    {
        Random random = new(3);
        for (int round = 0; round < 500; round++)
        {
            float[] logits = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => random.Next(10) / 2f)];
            int[] expected = [.. Enumerable.Range(0, logits.Length).OrderByDescending(i => logits[i]).ThenBy(i => i)];
            TokenLogProbability[] top = new TokenLogProbability[random.Next(0, 12)];
            int count = LogProbabilities.Top(logits, top);
            Assert.Equal(Math.Min(top.Length, logits.Length), count);
            for (int i = 0; i < count; i++)
            {
                Assert.Equal(expected[i], top[i].Token.Value);
                Assert.Equal(LogProbabilities.Of(logits, top[i].Token), top[i].LogProbability);
            }
        }
    }

    [Fact]
    public void Top_OfAllTokens_SumsToOne()
    {
        float[] logits = [.. Enumerable.Range(0, 1000).Select(i => MathF.Sin(i) * 10)];
        TokenLogProbability[] top = new TokenLogProbability[1000];
        Assert.Equal(1000, LogProbabilities.Top(logits, top));
        Assert.Equal(1, top.Sum(t => Math.Exp(t.LogProbability)), 5);
    }

    [Fact]
    public void Top_OfInfiniteLogits_SharesThem()
    {
        TokenLogProbability[] top = new TokenLogProbability[3];
        Assert.Equal(3, LogProbabilities.Top([1, float.PositiveInfinity, float.PositiveInfinity], top));
        Assert.Equal([1, 2, 0], top.Select(t => t.Token.Value));
        Assert.Equal(Math.Log(0.5), top[0].LogProbability, 5);
        Assert.Equal(float.NegativeInfinity, top[2].LogProbability);
    }

    [Fact]
    public void Of_WhatHasNone_IsRefused()
    {
        Assert.Equal(InferenceError.NotFinite, Assert.Throws<InferenceException>(() => LogProbabilities.Of([1, float.NaN], new TokenId(0))).Error);
        Assert.Equal(InferenceError.NotFinite, Assert.Throws<InferenceException>(() => LogProbabilities.Of([float.NegativeInfinity], new TokenId(0))).Error);
        Assert.Equal(InferenceError.InvalidToken, Assert.Throws<InferenceException>(() => LogProbabilities.Of([1], new TokenId(1))).Error);
    }

    [Fact]
    public void Top_AgainAndAgain_AllocatesNothing()
    {
        float[] logits = [.. Enumerable.Range(0, 1000).Select(i => MathF.Sin(i) * 10)];
        TokenLogProbability[] top = new TokenLogProbability[20];
        for (int i = 0; i < 50; i++) LogProbabilities.Top(logits, top);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 50; i++) LogProbabilities.Top(logits, top);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
