using System.Buffers.Binary;

namespace WasmChord.Gguf.Tests;

/// <summary>Breaks headers at random, in the ways that parsers fail at: lengths, counts, types, cuts and shifts.</summary>
internal static class HeaderMutator
{
    private static readonly ulong[] s_values =
    [
        0, 1, 2, 7, 8, 9, 12, 13, 31, 63, 64, 255, 256, 65_535, 65_536, int.MaxValue, 1UL << 31, uint.MaxValue, 1UL << 32,
        (1UL << 32) + 1, 1UL << 40, 1UL << 60, 1UL << 61, 1UL << 62, long.MaxValue, 1UL << 63, ulong.MaxValue - 31, ulong.MaxValue,
    ];

    /// <summary>A mutated copy of the header, and the length of its file.</summary>
    public static (byte[] Header, long FileLength) Mutate(byte[] header, long fileLength, Random random)
    {
        byte[] mutated = (byte[])header.Clone();
        long length = fileLength;
        for (int rounds = 1 + random.Next(3); rounds > 0 && mutated.Length > 16; rounds--)
        {
            int at = Position(mutated.Length, random);
            switch (random.Next(9))
            {
                case 0:
                    mutated[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    mutated[at] = (byte)random.Next(256);
                    break;
                case 2 or 3 when at + 8 <= mutated.Length:
                    BinaryPrimitives.WriteUInt64LittleEndian(mutated.AsSpan(at), s_values[random.Next(s_values.Length)]);
                    break;
                case 4 when at + 4 <= mutated.Length:
                    BinaryPrimitives.WriteUInt32LittleEndian(mutated.AsSpan(at), (uint)s_values[random.Next(s_values.Length)]);
                    break;
                case 5:
                    length = random.NextInt64(0, fileLength + 1);
                    break;
                case 6:
                    mutated = [.. mutated[..at], .. mutated[Math.Min(mutated.Length, at + random.Next(1, 17))..]];
                    break;
                case 7:
                    byte[] inserted = new byte[random.Next(1, 17)];
                    random.NextBytes(inserted);
                    mutated = [.. mutated[..at], .. inserted, .. mutated[at..]];
                    break;
                default:
                    int from = Position(mutated.Length, random), count = Math.Min(random.Next(1, 64), mutated.Length - Math.Max(at, from));
                    mutated.AsSpan(from, count).CopyTo(mutated.AsSpan(at));
                    break;
            }
        }
        return (mutated, length);
    }

    /// <summary>Half of the time near either end, where the counts, the first keys and the tensor infos are.</summary>
    private static int Position(int length, Random random) => random.Next(4) switch
    {
        0 => random.Next(Math.Min(length, 512)),
        1 => length - 1 - random.Next(Math.Min(length, 4096)),
        _ => random.Next(length),
    };
}
