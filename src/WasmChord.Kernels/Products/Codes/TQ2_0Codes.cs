using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Codes of <see cref="BlockTQ2_0"/>: −1 to 2, every scale 1.</summary>
internal readonly unsafe struct TQ2_0Codes : ISuperBlockCodes
{
    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockTQ2_0);

    /// <inheritdoc/>
    public static int LaneCount => 1;

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockTQ2_0*)source;
        to->D = Float16.ToSingle(block->D);
        for (int part = 0; part < 16; part++) to->Scales[part] = 1;
        for (int i = 0; i < 256; i++)
            to->Codes[i] = (sbyte)(((block->Qs[(i >> 7) * 32 + (i & 31)] >> (2 * ((i >> 5) & 3))) & 3) - 1);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockTQ2_0*)source;
        to->D = Float16.ToSingle(block->D);
        SixteenScales.Store(Vector128<sbyte>.One, to->Scales);
        for (int half = 0; half < 2; half++)
        for (int i = 0; i < 2; i++)
        {
            Vector128<byte> packed = Vector128.Load(block->Qs + 32 * half + 16 * i);
            sbyte* codes = to->Codes + 128 * half + 16 * i;
            for (int pair = 0; pair < 4; pair++)
                (Codes.Pairs(packed, pair).AsSByte() - Vector128<sbyte>.One).Store(codes + 32 * pair);
        }
    }
}
