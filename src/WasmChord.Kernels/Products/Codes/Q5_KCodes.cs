using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Codes of <see cref="BlockQ5_K"/>: 0 to 31, scales and mins 0 to 63, each for thirty-two.</summary>
internal readonly unsafe struct Q5_KCodes : ISuperBlockCodes
{
    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockQ5_K);

    /// <inheritdoc/>
    public static int MinLanes => 1;

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockQ5_K*)source;
        to->D = Float16.ToSingle(block->D);
        to->DMin = Float16.ToSingle(block->DMin);
        for (int part = 0; part < 16; part++)
        {
            to->Scales[part] = (short)Q4_K.Scale(block->Scales, part >> 1);
            to->Mins[part] = (short)Q4_K.Min(block->Scales, part >> 1);
        }

        for (int i = 0; i < 256; i++)
        {
            int code = (block->Qs[(i >> 6) * 32 + (i & 31)] >> (4 * ((i >> 5) & 1))) & 15;
            to->Codes[i] = (sbyte)(code | ((block->Qh[i & 31] >> (i >> 5)) & 1) << 4);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockQ5_K*)source;
        to->D = Float16.ToSingle(block->D);
        to->DMin = Float16.ToSingle(block->DMin);
        SixteenScales.StorePairs(Q4_K.ScalesAndMins(block->Scales), to->Scales, to->Mins);

        Vector128<byte> even = Vector128.Load(block->Qh), odd = Vector128.Load(block->Qh + 16);
        for (int i = 0; i < 4; i++)
        {
            Vector128<byte> first = Vector128.Load(block->Qs + 32 * i), second = Vector128.Load(block->Qs + 32 * i + 16);
            sbyte* codes = to->Codes + 64 * i;
            (Codes.LowNibbles(first) | Codes.WhereBit(even, 2 * i, 16)).AsSByte().Store(codes);
            (Codes.LowNibbles(second) | Codes.WhereBit(odd, 2 * i, 16)).AsSByte().Store(codes + 16);
            (Codes.HighNibbles(first) | Codes.WhereBit(even, 2 * i + 1, 16)).AsSByte().Store(codes + 32);
            (Codes.HighNibbles(second) | Codes.WhereBit(odd, 2 * i + 1, 16)).AsSByte().Store(codes + 48);
        }
    }
}
