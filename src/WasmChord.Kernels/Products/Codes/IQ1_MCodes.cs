using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Codes of <see cref="BlockIQ1_M"/>: −1 to 1, shifts by an eighth, odd scales 1 to 15.</summary>
internal readonly unsafe struct IQ1_MCodes : ISuperBlockCodes
{
    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockIQ1_M);

    /// <inheritdoc/>
    public static bool HasShifts => true;

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockIQ1_M*)source;
        var words = (ushort*)block->Scales;
        to->D = IQ1_M.Scale(words);
        for (int i = 0; i < 256; i++)
        {
            int part = i >> 4, entry = i >> 3;
            int nibble = block->Qh[part] >> (4 * (entry & 1));
            int index = block->Qs[entry] | (nibble & 7) << 8;
            to->Scales[part] = (short)(2 * ((words[part >> 2] >> (3 * (part & 3))) & 7) + 1);
            to->Codes[i] = (sbyte)Codebooks.IQ1[8 * index + (i & 7)];
            to->Shifts[i] = (sbyte)((nibble & 8) != 0 ? -1 : 1);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockIQ1_M*)source;
        var book = (ulong*)Codebooks.IQ1;
        var words = (ushort*)block->Scales;
        to->D = IQ1_M.Scale(words);
        for (int i = 0; i < 16; i++)
        {
            int upper = block->Qh[i];
            to->Scales[i] = (short)(2 * ((words[i >> 2] >> (3 * (i & 3))) & 7) + 1);
            ulong first = book[block->Qs[2 * i] | (upper & 0x07) << 8];
            ulong second = book[block->Qs[2 * i + 1] | (upper & 0x70) << 4];

            // Per eight values −1 where the nibble's top bit is set, +1 where it is not.
            ulong firstShift = (0ul - (ulong)((upper >> 3) & 1)) | 0x0101_0101_0101_0101;
            ulong secondShift = (0ul - (ulong)((upper >> 7) & 1)) | 0x0101_0101_0101_0101;
            Vector128.Create(firstShift, secondShift).AsSByte().Store(to->Shifts + 16 * i);
            Vector128.Create(first, second).AsSByte().Store(to->Codes + 16 * i);
        }
    }
}
