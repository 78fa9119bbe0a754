namespace WasmChord.Memory64.Tests.Budget;

public sealed class NodeBudgetPolicyTests
{
    private const long GiB = 1L << 30;

    private readonly NodeBudgetPolicy _policy = new(new NodeBudgetLimits(0.8, GiB / 2, 10, 3));

    [Fact]
    public void ShareOf_LittleOrMuch_LeavesTheHeadroomAndTheRest()
    {
        Assert.Equal(8 * GiB, _policy.ShareOf(10 * GiB));
        Assert.Equal(GiB / 2, _policy.ShareOf(GiB));
        Assert.Equal(0, _policy.ShareOf(GiB / 4));
    }

    [Fact]
    public void Next_OthersTakeMemory_ShrinksAtOnce() =>
        Assert.Equal((long)(5 * GiB * 0.8), _policy.Next(8 * GiB, heldBytes: 3 * GiB, availableBytes: 2 * GiB, pressure: null));

    [Fact]
    public void Next_OwnModelsFillTheirMemory_StaysAsItIs()
    {
        for (long held = 0; held <= 8 * GiB; held += GiB) Assert.Equal(8 * GiB, _policy.Next(8 * GiB, held, 10 * GiB - held, 0));
    }

    [Fact]
    public void Next_RoomAgain_GrowsAfterAWhileAndInParts()
    {
        long total = 2 * GiB;
        Assert.Equal(total, _policy.Next(total, 0, 10 * GiB, 0));
        Assert.Equal(total, _policy.Next(total, 0, 10 * GiB, 0));
        long grown = _policy.Next(total, 0, 10 * GiB, 0);
        Assert.InRange(grown, total + 6 * GiB / 4, total + 6 * GiB / 4 + 1);
        for (int i = 0; i < 40; i++) grown = _policy.Next(grown, 0, 10 * GiB, 0);
        Assert.InRange(grown, 8 * GiB - 8 * GiB / 60, 8 * GiB);
    }

    [Fact]
    public void Next_RoomThatComesAndGoes_DoesNotGrow()
    {
        for (int i = 0; i < 20; i++)
            Assert.Equal(2 * GiB, _policy.Next(2 * GiB, 0, i % 3 == 2 ? (long)(2.5 * GiB) : 10 * GiB, 0));
    }

    [Fact]
    public void Next_UnderPressure_ShrinksThoughThereSeemsToBeRoom()
    {
        Assert.Equal(7 * GiB, _policy.Next(8 * GiB, 8 * GiB, 8 * GiB, pressure: 12));
        Assert.Equal(8 * GiB, _policy.Next(8 * GiB, 8 * GiB, 2 * GiB, pressure: 9.9));
    }
}
