using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Codes of <see cref="BlockIQ3_S"/>: up to ±15, odd scales 1 to 31, each for thirty-two.</summary>
internal readonly unsafe struct IQ3_SCodes : ISuperBlockCodes
{
    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockIQ3_S);

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockIQ3_S*)source;
        to->D = Float16.ToSingle(block->D);
        for (int i = 0; i < 256; i++)
        {
            int entry = i >> 2;
            int index = block->Qs[entry] | ((block->Qh[entry >> 3] >> (entry & 7)) & 1) << 8;
            int magnitude = Codebooks.IQ3_S[4 * index + (i & 3)];
            to->Scales[i >> 4] = (short)(2 * ((block->Scales[i >> 6] >> (4 * ((i >> 5) & 1))) & 15) + 1);
            to->Codes[i] = (sbyte)(((block->Signs[i >> 3] >> (i & 7)) & 1) != 0 ? -magnitude : magnitude);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockIQ3_S*)source;
        var book = (uint*)Codebooks.IQ3_S;
        to->D = Float16.ToSingle(block->D);
        for (int i = 0; i < 16; i++)
        {
            byte* at = block->Qs + 4 * i;
            int upper = block->Qh[i >> 1] >> (4 * (i & 1));
            to->Scales[i] = (short)(2 * ((block->Scales[i >> 2] >> (4 * ((i >> 1) & 1))) & 15) + 1);
            Vector128<byte> magnitudes = Vector128.Create(
                book[at[0] | (upper & 1) << 8], book[at[1] | (upper & 2) << 7],
                book[at[2] | (upper & 4) << 6], book[at[3] | (upper & 8) << 5]).AsByte();
            Codes.WithSigns(magnitudes, ((ushort*)block->Signs)[i]).Store(to->Codes + 16 * i);
        }
    }
}
