namespace WasmChord.Actors.Tests;

public sealed class WavePlannerTests
{
    [Fact]
    public void Divide_RandomWishes_EveryoneGetsAPositionAndNoBoundIsExceeded()
    {
        Random random = new(3);
        for (int round = 0; round < 2000; round++)
        {
            int positions = random.Next(1, 40), rows = random.Next(1, positions + 1);
            WaveBounds bounds = new(positions, random.Next(1, positions + 1), rows);
            WaveWish[] wishes = [.. Enumerable.Range(0, random.Next(1, bounds.Sequences + 1)).Select(_ => Wish(random))];
            int[] shares = new int[wishes.Length];
            WavePlanner.Divide(wishes, bounds, shares);
            int used = 0, rowsUsed = 0;
            for (int i = 0; i < shares.Length; i++)
            {
                Assert.InRange(shares[i], 1, wishes[i].Ready + (shares[i] > wishes[i].Ready ? wishes[i].Drafts : 0));
                used += shares[i];
                rowsUsed += wishes[i].WantsAllLogits ? shares[i] : Math.Max(1, shares[i] - wishes[i].Ready + 1);
            }

            bool shared = wishes.Any(w => w.IsGenerating);
            int most = shared ? Math.Min(Math.Max(bounds.SharedPositions, wishes.Length + bounds.SharedPositions / 4), positions) : positions;
            Assert.True(used <= most, $"{used} of {most} positions");
            Assert.True(rowsUsed <= rows, $"{rowsUsed} of {rows} rows");
            bool hungry = wishes.Where((w, i) => shares[i] < w.Ready && !w.WantsAllLogits).Any();
            if (hungry) Assert.Equal(most, used);
        }
    }

    [Fact]
    public void Divide_LongAndShortPrompts_EqualsGetAlikeAndTheShortLeaveTheirRest()
    {
        WaveWish[] wishes = [new(100, 0, false, false, 0), new(4, 0, false, false, 0), new(100, 0, false, false, 0)];
        int[] shares = new int[3];
        WavePlanner.Divide(wishes, new WaveBounds(32, 32, 8), shares);
        Assert.Equal([14, 4, 14], shares);
    }

    [Fact]
    public void Divide_Priorities_TheHigherGoFirstAndTheLowerStillMove()
    {
        WaveWish[] wishes = [new(100, 0, false, false, 0), new(20, 0, false, false, 5)];
        int[] shares = new int[2];
        WavePlanner.Divide(wishes, new WaveBounds(16, 16, 8), shares);
        Assert.Equal([1, 15], shares);
    }

    [Fact]
    public void Divide_AsManyGenerateAsPositionsAreShared_AQuarterIsLeftForAPrompt()
    {
        WaveWish[] wishes = [new(1000, 0, false, false, 0), .. Enumerable.Repeat(new WaveWish(1, 0, true, false, 0), 63)];
        int[] shares = new int[64];
        WavePlanner.Divide(wishes, new WaveBounds(256, 64, 64), shares);
        Assert.Equal([17, .. Enumerable.Repeat(1, 63)], shares);
    }

    [Fact]
    public void Divide_SomeoneGenerates_APromptDoesNotFillTheWave()
    {
        WaveWish[] wishes = [new(100, 0, false, false, 0), new(1, 3, true, false, 0)];
        int[] shares = new int[2];
        WavePlanner.Divide(wishes, new WaveBounds(64, 16, 8), shares);
        Assert.Equal([15, 1], shares);
        wishes[0] = wishes[0] with { Ready = 10 };
        WavePlanner.Divide(wishes, new WaveBounds(64, 16, 8), shares);
        Assert.Equal([10, 4], shares);
    }

    private static WaveWish Wish(Random random)
    {
        bool generating = random.Next(2) == 0, all = random.Next(5) == 0;
        return new WaveWish(generating ? 1 : random.Next(1, 60), generating ? random.Next(0, 9) : 0, generating, all && !generating, random.Next(3));
    }
}
