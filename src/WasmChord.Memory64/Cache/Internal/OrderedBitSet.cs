using System.Numerics;

namespace WasmChord.Memory64;

/// <summary>
/// A set of small numbers that finds the greatest member below a bound. Each level holds one bit per word of the level
/// below, so 262,144 numbers take three levels and a search at most two words of each.
/// </summary>
internal sealed class OrderedBitSet
{
    private readonly ulong[][] _levels;

    public OrderedBitSet(int capacity)
    {
        List<ulong[]> levels = [];
        for (int words = (Math.Max(capacity, 1) + 63) / 64; ; words = (words + 63) / 64)
        {
            levels.Add(new ulong[words]);
            if (words == 1) break;
        }
        _levels = [.. levels];
    }

    public int Count { get; private set; }

    public bool Contains(int member) => (_levels[0][member >> 6] >> (member & 63) & 1) != 0;

    public void Add(int member)
    {
        if (Contains(member)) return;
        Count++;
        foreach (ulong[] level in _levels)
        {
            ref ulong word = ref level[member >> 6];
            bool known = word != 0;
            word |= 1UL << (member & 63);
            if (known) return;
            member >>= 6;
        }
    }

    public void Remove(int member)
    {
        if (!Contains(member)) return;
        Count--;
        foreach (ulong[] level in _levels)
        {
            ref ulong word = ref level[member >> 6];
            word &= ~(1UL << (member & 63));
            if (word != 0) return;
            member >>= 6;
        }
    }

    /// <summary>The greatest member below <paramref name="bound"/>, or −1.</summary>
    public int Before(int bound)
    {
        bound = Math.Min(bound, _levels[0].Length << 6);
        for (int level = 0; level < _levels.Length && bound > 0; level++)
        {
            int index = (bound - 1) >> 6;
            ulong below = _levels[level][index] & (ulong.MaxValue >> (63 - ((bound - 1) & 63)));
            if (below != 0) return Descend(level, (index << 6) + BitOperations.Log2(below));
            bound = index;
        }
        return -1;
    }

    /// <summary>The member before <paramref name="cursor"/> when the numbers are a circle, or −1 for an empty set.</summary>
    public int CyclicBefore(int cursor)
    {
        int member = Before(cursor);
        return member >= 0 ? member : Before(_levels[0].Length << 6);
    }

    /// <summary>
    /// The member before <paramref name="cursor"/> on the circle that <paramref name="other"/> shares, or does not share, or
    /// −1. Takes a step per word of 64 numbers.
    /// </summary>
    public int CyclicBefore(int cursor, OrderedBitSet other, bool shared)
    {
        ulong[] words = _levels[0], others = other._levels[0];
        int last = (cursor <= 0 ? words.Length << 6 : Math.Min(cursor, words.Length << 6)) - 1;
        // The cursor's word comes twice: its part below the cursor first, all of it last.
        for (int step = 0; Count > 0 && step <= words.Length; step++)
        {
            int index = ((last >> 6) - step + words.Length) % words.Length;
            ulong members = words[index] & (shared ? others[index] : ~others[index]);
            if (step == 0) members &= ulong.MaxValue >> (63 - (last & 63));
            if (members != 0) return (index << 6) + BitOperations.Log2(members);
        }

        return -1;
    }

    /// <summary>How many members are not in <paramref name="other"/>, a set of the same capacity.</summary>
    public int CountOutside(OrderedBitSet other)
    {
        int count = 0;
        for (int i = 0; i < _levels[0].Length; i++) count += BitOperations.PopCount(_levels[0][i] & ~other._levels[0][i]);
        return count;
    }

    private int Descend(int level, int member)
    {
        while (level-- > 0) member = (member << 6) + BitOperations.Log2(_levels[level][member]);
        return member;
    }
}
