using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>
/// Codes of <see cref="BlockIQ1_S"/>: −1 to 1, odd scales 1 to 15, each for thirty-two. The shifts by an eighth, of one
/// sign for thirty-two, are mins.
/// </summary>
internal readonly unsafe struct IQ1_SCodes : ISuperBlockCodes
{
    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockIQ1_S);

    /// <inheritdoc/>
    public static int MinLanes => 1;

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockIQ1_S*)source;
        to->D = Float16.ToSingle(block->D);
        to->DMin = to->D * -0.125f;
        for (int i = 0; i < 256; i++)
        {
            int word = block->Qh[i >> 5], entry = i >> 3;
            int index = block->Qs[entry] | ((word >> (3 * (entry & 3))) & 7) << 8;
            to->Scales[i >> 4] = (short)(2 * ((word >> 12) & 7) + 1);
            to->Mins[i >> 4] = (short)((word & 0x8000) != 0 ? -to->Scales[i >> 4] : to->Scales[i >> 4]);
            to->Codes[i] = (sbyte)Codebooks.IQ1[8 * index + (i & 7)];
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockIQ1_S*)source;
        var book = (ulong*)Codebooks.IQ1;
        to->D = Float16.ToSingle(block->D);
        to->DMin = to->D * -0.125f;
        for (int i = 0; i < 16; i++)
        {
            int word = block->Qh[i >> 1], upper = word >> (6 * (i & 1));
            to->Scales[i] = (short)(2 * ((word >> 12) & 7) + 1);
            ulong first = book[block->Qs[2 * i] | (upper & 7) << 8];
            ulong second = book[block->Qs[2 * i + 1] | (upper & 56) << 5];
            to->Mins[i] = (short)((1 - 2 * (word >> 15)) * to->Scales[i]);
            Vector128.Create(first, second).AsSByte().Store(to->Codes + 16 * i);
        }
    }
}
