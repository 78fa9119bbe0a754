using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>The packed scales and mins of Q4_K and Q5_K, in registers.</summary>
internal static unsafe class KScales
{
    /// <summary>
    /// Eight scales (<paramref name="from"/> 0) or eight mins (8), each twice: they serve two times sixteen values. The
    /// four words are scales 0–3, scales 4–7, mins 0–3 and mins 4–7; each takes six bits of one word of the block, or
    /// four of one and two of another. Sixteen bytes are read: codes follow the twelve of the scales.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<sbyte> Pairs(byte* packed, int from)
    {
        Vector128<uint> words = Vector128.Load(packed).AsUInt32();
        Vector128<uint> low = Avx2.ShiftRightLogicalVariable(
            Vector128.Shuffle(words, Vector128.Create(0u, 2, 1, 2)), Vector128.Create(0u, 0, 0, 4));
        Vector128<uint> high = Vector128.Shuffle(words, Vector128.Create(0u, 0, 1, 1)) >>> 2;
        low &= Vector128.Create(0x3F3F_3F3Fu, 0x0F0F_0F0F, 0x3F3F_3F3F, 0x0F0F_0F0F);
        high &= Vector128.Create(0u, 0x3030_3030, 0, 0x3030_3030);
        Vector128<byte> twice = Vector128.Create((byte)0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
        return Ssse3.Shuffle((low | high).AsByte(), twice + Vector128.Create((byte)from)).AsSByte();
    }
}
