using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Codes of <see cref="BlockIQ3_XXS"/>: up to ±62, odd scales 1 to 31, each for thirty-two.</summary>
internal readonly unsafe struct IQ3_XXSCodes : ISuperBlockCodes
{
    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockIQ3_XXS);

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockIQ3_XXS*)source;
        var tails = (uint*)(block->Qs + 64);
        to->D = Float16.ToSingle(block->D) * 0.25f;
        for (int i = 0; i < 256; i++)
        {
            uint tail = tails[i >> 5];
            uint signs = Codebooks.Signs((tail >> (7 * ((i >> 3) & 3))) & 127);
            int magnitude = Codebooks.IQ3_XXS[4 * block->Qs[i >> 2] + (i & 3)];
            to->Scales[i >> 4] = (short)(2 * (tail >> 28) + 1);
            to->Codes[i] = (sbyte)(((signs >> (i & 7)) & 1) != 0 ? -magnitude : magnitude);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockIQ3_XXS*)source;
        var book = (uint*)Codebooks.IQ3_XXS;
        var tails = (uint*)(block->Qs + 64);
        to->D = Float16.ToSingle(block->D) * 0.25f;
        for (int i = 0; i < 16; i++)
        {
            uint tail = tails[i >> 1];
            to->Scales[i] = (short)(2 * (tail >> 28) + 1);
            byte* at = block->Qs + 4 * i;
            tail >>= 14 * (i & 1);
            Codes.WithSigns(Vector128.Create(book[at[0]], book[at[1]], book[at[2]], book[at[3]]).AsByte(),
                Codebooks.TwoSigns(tail & 127, (tail >> 7) & 127)).Store(to->Codes + 16 * i);
        }
    }
}
