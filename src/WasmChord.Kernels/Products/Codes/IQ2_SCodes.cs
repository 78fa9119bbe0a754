using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Codes of <see cref="BlockIQ2_S"/>: up to ±43, odd scales 1 to 31.</summary>
internal readonly unsafe struct IQ2_SCodes : ISuperBlockCodes
{
    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockIQ2_S);

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockIQ2_S*)source;
        to->D = Float16.ToSingle(block->D) * 0.125f;
        for (int i = 0; i < 256; i++)
        {
            int entry = i >> 3;
            int index = block->Qs[entry] | ((block->Qh[entry >> 2] >> (2 * (entry & 3))) & 3) << 8;
            int magnitude = Codebooks.IQ2_S[8 * index + (i & 7)];
            to->Scales[i >> 4] = (short)(2 * ((block->Scales[i >> 5] >> (4 * ((i >> 4) & 1))) & 15) + 1);
            to->Codes[i] = (sbyte)(((block->Qs[32 + entry] >> (i & 7)) & 1) != 0 ? -magnitude : magnitude);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockIQ2_S*)source;
        var book = (ulong*)Codebooks.IQ2_S;
        var signs = (ushort*)(block->Qs + 32);
        to->D = Float16.ToSingle(block->D) * 0.125f;
        for (int i = 0; i < 16; i++)
        {
            int upper = block->Qh[i >> 1] >> (4 * (i & 1));
            ulong first = book[block->Qs[2 * i] | (upper & 3) << 8];
            ulong second = book[block->Qs[2 * i + 1] | (upper & 12) << 6];
            to->Scales[i] = (short)(2 * ((block->Scales[i >> 1] >> (4 * (i & 1))) & 15) + 1);
            Codes.WithSigns(Vector128.Create(first, second).AsByte(), signs[i]).Store(to->Codes + 16 * i);
        }
    }
}
