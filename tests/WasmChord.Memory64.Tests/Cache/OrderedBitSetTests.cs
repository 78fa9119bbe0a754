namespace WasmChord.Memory64.Tests;

public class OrderedBitSetTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(20_000)]
    public void Before_RandomMembers_AgreesWithSortedSet(int capacity)
    {
        var random = new Random(capacity);
        var set = new OrderedBitSet(capacity);
        var plain = new SortedSet<int>();
        for (int i = 0; i < 3000; i++)
        {
            int member = random.Next(4) == 0 ? capacity - 1 : random.Next(capacity);
            if (random.Next(2) == 0)
            {
                set.Add(member);
                plain.Add(member);
            }
            else
            {
                set.Remove(member);
                plain.Remove(member);
            }
            int bound = random.Next(capacity + 2);
            int before = bound == 0 ? -1 : plain.GetViewBetween(0, bound - 1).Reverse().FirstOrDefault(-1);
            Assert.Equal(before, set.Before(bound));
            Assert.Equal(before >= 0 ? before : plain.Count == 0 ? -1 : plain.Max, set.CyclicBefore(bound));
            Assert.Equal(plain.Count, set.Count);
            Assert.Equal(plain.Contains(member), set.Contains(member));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1000)]
    public void CyclicBeforeAndCountOutside_TwoSets_AgreeWithSortedSets(int capacity)
    {
        var random = new Random(capacity);
        OrderedBitSet set = new(capacity), other = new(capacity);
        SortedSet<int> plain = [], plainOther = [];
        for (int i = 0; i < 2000; i++)
        {
            (OrderedBitSet changed, SortedSet<int> plainChanged) = random.Next(2) == 0 ? (set, plain) : (other, plainOther);
            int member = random.Next(capacity);
            if (random.Next(2) == 0)
            {
                changed.Add(member);
                plainChanged.Add(member);
            }
            else
            {
                changed.Remove(member);
                plainChanged.Remove(member);
            }
            int cursor = random.Next(capacity + 2);
            foreach (bool shared in new[] { true, false })
            {
                int[] members = [.. plain.Where(m => plainOther.Contains(m) == shared)];
                int expected = members.LastOrDefault(m => m < cursor, members.LastOrDefault(-1));
                Assert.Equal(expected, set.CyclicBefore(cursor, other, shared));
            }
            Assert.Equal(plain.Except(plainOther).Count(), set.CountOutside(other));
        }
    }
}
