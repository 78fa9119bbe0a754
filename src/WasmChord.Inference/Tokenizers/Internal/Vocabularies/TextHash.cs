using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace WasmChord.Inference;

/// <summary>
/// Hashes for the tables of a tokenizer: products of 64 bits folded to their halves' exclusive or, as in wyhash. Seeded
/// anew each time, because a file could hold texts that collide under a known seed and make look-ups linear.
/// </summary>
internal static class TextHash
{
    private const ulong First = 0xA076_1D64_78BD_642F, Second = 0xE703_7ED1_A0B4_28DB;

    internal static ulong NewSeed()
    {
        Span<byte> seed = stackalloc byte[8];
        RandomNumberGenerator.Fill(seed);
        return BinaryPrimitives.ReadUInt64LittleEndian(seed) | 1;
    }

    /// <summary>A power of two of slots, so that at most two thirds of them are taken.</summary>
    internal static int SlotCount(int entries) => (int)BitOperations.RoundUpToPowerOf2((uint)(Math.Max(entries, 4) * 3L / 2));

    internal static ulong Of(ReadOnlySpan<byte> text, ulong seed)
    {
        ulong hash = seed ^ Fold((ulong)text.Length ^ First, seed ^ Second);
        for (; text.Length >= 8; text = text[8..]) hash = Fold(BinaryPrimitives.ReadUInt64LittleEndian(text) ^ hash, First ^ seed);
        ulong rest = 0;
        for (int i = 0; i < text.Length; i++) rest |= (ulong)text[i] << (8 * i);
        return Fold(rest ^ hash ^ Second, seed ^ First);
    }

    internal static ulong Of(int left, int right, ulong seed) =>
        Fold((((ulong)(uint)left << 32) | (uint)right) ^ seed, seed ^ Second);

    private static ulong Fold(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return high ^ low;
    }
}
