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
}
