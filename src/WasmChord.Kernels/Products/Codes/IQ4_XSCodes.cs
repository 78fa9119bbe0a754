using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Codes of <see cref="BlockIQ4_XS"/>: levels from −127 to 113, scales −32 to 31, each for thirty-two.</summary>
internal readonly unsafe struct IQ4_XSCodes : ISuperBlockCodes
{
    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockIQ4_XS);

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockIQ4_XS*)source;
        to->D = Float16.ToSingle(block->D);
        for (int part = 0; part < 16; part++) to->Scales[part] = (short)IQ4_XS.Scale(block, part >> 1);
        for (int i = 0; i < 256; i++)
            to->Codes[i] = IQ4_NL.Levels[(block->Qs[16 * (i >> 5) + (i & 15)] >> (4 * ((i >> 4) & 1))) & 15];
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockIQ4_XS*)source;
        to->D = Float16.ToSingle(block->D);
        Vector128<sbyte> levels = Vector128.Create(IQ4_NL.Levels);
        for (int i = 0; i < 8; i++)
        {
            to->Scales[2 * i] = to->Scales[2 * i + 1] = (short)IQ4_XS.Scale(block, i);
            Vector128<byte> packed = Vector128.Load(block->Qs + 16 * i);
            Codes.Select(levels, Codes.LowNibbles(packed)).Store(to->Codes + 32 * i);
            Codes.Select(levels, Codes.HighNibbles(packed)).Store(to->Codes + 32 * i + 16);
        }
    }
}
