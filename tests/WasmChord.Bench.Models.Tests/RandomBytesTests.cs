namespace WasmChord.Bench.Models.Tests;

public sealed class RandomBytesTests
{
    [Fact]
    public void Fill_OfASeed_IsXoshiroInEightLanes()
    {
        // The algorithm as its authors publish it, one lane after another.
        const ulong Seed = 12345;
        SplitMix64 seeds = new(Seed);
        ulong[][] state = new ulong[4][];
        for (int word = 0; word < 4; word++)
        {
            state[word] = new ulong[8];
            for (int lane = 0; lane < 8; lane++) state[word][lane] = seeds.Next();
        }
        List<byte> expected = [];
        for (int step = 0; step < 5; step++)
        {
            for (int lane = 0; lane < 8; lane++) expected.AddRange(BitConverter.GetBytes(Next(state, lane)));
        }

        byte[] actual = new byte[5 * 64 - 3];
        RandomBytes.Fill(actual, Seed);
        Assert.Equal(expected.Take(actual.Length), actual);
    }

    [Fact]
    public void Fill_OfAMebibyte_HasEvenBits()
    {
        byte[] bytes = new byte[1 << 20];
        RandomBytes.Fill(bytes, 1);
        for (int bit = 0; bit < 8; bit++)
        {
            int ones = bytes.Count(b => (b >> bit & 1) != 0);
            Assert.InRange(ones, bytes.Length / 2 - 3000, bytes.Length / 2 + 3000); // about six deviations
        }
    }

    private static ulong Next(ulong[][] s, int i)
    {
        ulong result = ulong.RotateLeft(s[0][i] + s[3][i], 23) + s[0][i], t = s[1][i] << 17;
        s[2][i] ^= s[0][i];
        s[3][i] ^= s[1][i];
        s[1][i] ^= s[2][i];
        s[0][i] ^= s[3][i];
        s[2][i] ^= t;
        s[3][i] = ulong.RotateLeft(s[3][i], 45);
        return result;
    }
}
