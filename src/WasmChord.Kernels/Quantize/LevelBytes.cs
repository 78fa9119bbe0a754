using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>Stores and packs levels that lie one to a byte.</summary>
internal static unsafe class LevelBytes
{
    /// <summary>Stores sixteen integers of 0 to 255 as bytes, in order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<int> first, Vector256<int> second, byte* destination)
    {
        Vector256<ushort> words = Vector256.Narrow(first.AsUInt32(), second.AsUInt32());
        Vector128.Narrow(words.GetLower(), words.GetUpper()).Store(destination);
    }

    /// <summary>
    /// Stores 32 integers of −128 to 127 as signed bytes, in order. The saturating packs of AVX2 work within 128-bit
    /// halves, so their four-byte groups come out as 0 2 4 6 1 3 5 7; one permutation puts them right.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreSigned(
        Vector256<int> a, Vector256<int> b, Vector256<int> c, Vector256<int> d, sbyte* destination)
    {
        if (Avx2.IsSupported)
        {
            Vector256<int> packed =
                Avx2.PackSignedSaturate(Avx2.PackSignedSaturate(a, b), Avx2.PackSignedSaturate(c, d)).AsInt32();
            Avx2.PermuteVar8x32(packed, Vector256.Create(0, 4, 1, 5, 2, 6, 3, 7)).AsSByte().Store(destination);
            return;
        }

        Vector256.Narrow(Vector256.Narrow(a, b), Vector256.Narrow(c, d)).Store(destination);
    }

    /// <summary>Stores 16 integers of −128 to 127 as signed bytes, in order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreSigned(Vector512<int> v, sbyte* destination)
    {
        if (Avx512F.IsSupported)
        {
            Avx512F.ConvertToVector128SByte(v).Store(destination);
            return;
        }

        Vector256<short> words = Vector256.Narrow(v.GetLower(), v.GetUpper());
        Vector128.Narrow(words.GetLower(), words.GetUpper()).Store(destination);
    }

    /// <summary>
    /// Low nibbles of 32 levels into 16 bytes: level j below, level j + 16 above, for j in 0..15 (the small formats).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackNibbles16(byte* levels, byte* destination)
    {
        Vector128<byte> nibble = Vector128.Create((byte)0x0F);
        Vector128<byte> low = Vector128.Load(levels) & nibble;
        Vector128<byte> high = Vector128.Load(levels + 16) & nibble;
        (low | (high.AsUInt16() << 4).AsByte()).Store(destination);
    }

    /// <summary>The fifth bit of 32 levels below 32, bit j from level j.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint FifthBits(byte* levels) =>
        (Vector256.Load(levels).AsUInt16() << 3).AsByte().ExtractMostSignificantBits();

    /// <summary>
    /// Four runs of 32 levels below 4 into 32 bytes, run r in bits 2r and 2r + 1. The shifts are of 16-bit lanes; no
    /// bit leaves its byte, because a level has two.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackPairs32(
        Vector256<byte> r0, Vector256<byte> r1, Vector256<byte> r2, Vector256<byte> r3, byte* destination)
    {
        Vector256<ushort> packed = r0.AsUInt16() | (r1.AsUInt16() << 2) | (r2.AsUInt16() << 4) | (r3.AsUInt16() << 6);
        packed.AsByte().Store(destination);
    }

    /// <summary>Low nibbles of two runs of 32 levels into 32 bytes: the first run below, the second above.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackNibbles32(Vector256<byte> first, Vector256<byte> second, byte* destination)
    {
        Vector256<byte> nibble = Vector256.Create((byte)0x0F);
        ((first & nibble) | ((second & nibble).AsUInt16() << 4).AsByte()).Store(destination);
    }

    /// <summary>Bit <paramref name="bit"/> and those above of 32 levels, moved to bit 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<byte> UpperBits(byte* levels, int bit) =>
        (Vector256.Load(levels).AsUInt16() >>> bit).AsByte() & Vector256.Create((byte)(0xFF >> bit));
}
