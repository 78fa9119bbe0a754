using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Codes of <see cref="BlockIQ2_XXS"/>: up to ±43, odd scales 1 to 31, each for thirty-two.</summary>
internal readonly unsafe struct IQ2_XXSCodes : ISuperBlockCodes
{
    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockIQ2_XXS);

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockIQ2_XXS*)source;
        to->D = Float16.ToSingle(block->D) * 0.125f;
        for (int i = 0; i < 256; i++)
        {
            byte* indices = (byte*)(block->Qs + 4 * (i >> 5));
            uint tail = *(uint*)(indices + 4);
            int entry = (i >> 3) & 3;
            uint signs = Codebooks.Signs((tail >> (7 * entry)) & 127);
            int magnitude = Codebooks.IQ2_XXS[8 * indices[entry] + (i & 7)];
            to->Scales[i >> 4] = (short)(2 * (tail >> 28) + 1);
            to->Codes[i] = (sbyte)(((signs >> (i & 7)) & 1) != 0 ? -magnitude : magnitude);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockIQ2_XXS*)source;
        var book = (ulong*)Codebooks.IQ2_XXS;
        to->D = Float16.ToSingle(block->D) * 0.125f;
        for (int group = 0; group < 8; group++)
        {
            byte* indices = (byte*)(block->Qs + 4 * group);
            uint tail = *(uint*)(indices + 4);
            to->Scales[2 * group] = to->Scales[2 * group + 1] = (short)(2 * (tail >> 28) + 1);
            Codes.WithSigns(Vector128.Create(book[indices[0]], book[indices[1]]).AsByte(),
                Codebooks.TwoSigns(tail & 127, (tail >> 7) & 127)).Store(to->Codes + 32 * group);
            Codes.WithSigns(Vector128.Create(book[indices[2]], book[indices[3]]).AsByte(),
                Codebooks.TwoSigns((tail >> 14) & 127, (tail >> 21) & 127)).Store(to->Codes + 32 * group + 16);
        }
    }
}
