using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Codes of <see cref="BlockIQ2_XS"/>: up to ±43, odd scales 1 to 31.</summary>
internal readonly unsafe struct IQ2_XSCodes : ISuperBlockCodes
{
    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockIQ2_XS);

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockIQ2_XS*)source;
        to->D = Float16.ToSingle(block->D) * 0.125f;
        for (int i = 0; i < 256; i++)
        {
            uint word = block->Qs[i >> 3];
            uint signs = Codebooks.Signs(word >> 9);
            int magnitude = Codebooks.IQ2_XS[8 * (word & 511) + (i & 7)];
            to->Scales[i >> 4] = (short)(2 * ((block->Scales[i >> 5] >> (4 * ((i >> 4) & 1))) & 15) + 1);
            to->Codes[i] = (sbyte)(((signs >> (i & 7)) & 1) != 0 ? -magnitude : magnitude);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockIQ2_XS*)source;
        var book = (ulong*)Codebooks.IQ2_XS;
        to->D = Float16.ToSingle(block->D) * 0.125f;
        for (int i = 0; i < 16; i++)
        {
            uint first = block->Qs[2 * i], second = block->Qs[2 * i + 1];
            to->Scales[i] = (short)(2 * ((block->Scales[i >> 1] >> (4 * (i & 1))) & 15) + 1);
            Codes.WithSigns(Vector128.Create(book[first & 511], book[second & 511]).AsByte(),
                Codebooks.TwoSigns(first >> 9, second >> 9)).Store(to->Codes + 16 * i);
        }
    }
}
