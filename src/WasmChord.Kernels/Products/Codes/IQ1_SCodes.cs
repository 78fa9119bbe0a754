using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Codes of <see cref="BlockIQ1_S"/>, in eighths: −9 to 9, odd scales 1 to 15, each for thirty-two.</summary>
internal readonly unsafe struct IQ1_SCodes : ISuperBlockCodes
{
    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockIQ1_S);

    /// <inheritdoc/>
    public static bool HasMins => false;

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockIQ1_S*)source;
        to->D = Float16.ToSingle(block->D) * 0.125f;
        for (int i = 0; i < 256; i++)
        {
            int word = block->Qh[i >> 5], entry = i >> 3;
            int index = block->Qs[entry] | ((word >> (3 * (entry & 3))) & 7) << 8;
            to->Scales[i >> 4] = (short)(2 * ((word >> 12) & 7) + 1);
            to->Codes[i] = (sbyte)(8 * Codebooks.IQ1[8 * index + (i & 7)] + ((word & 0x8000) != 0 ? -1 : 1));
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockIQ1_S*)source;
        var book = (ulong*)Codebooks.IQ1;
        to->D = Float16.ToSingle(block->D) * 0.125f;
        for (int i = 0; i < 16; i++)
        {
            int word = block->Qh[i >> 1], upper = word >> (6 * (i & 1));
            to->Scales[i] = (short)(2 * ((word >> 12) & 7) + 1);
            ulong first = book[block->Qs[2 * i] | (upper & 7) << 8];
            ulong second = book[block->Qs[2 * i + 1] | (upper & 56) << 5];
            Vector128<sbyte> shifts = Vector128.Create((sbyte)(1 - 2 * (word >> 15)));
            Codebooks.Eighths(Vector128.Create(first, second).AsSByte(), shifts).Store(to->Codes + 16 * i);
        }
    }
}
