using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Codes of <see cref="BlockQ2_K"/>: 0 to 3, scales and mins 0 to 15.</summary>
internal readonly unsafe struct Q2_KCodes : ISuperBlockCodes
{
    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockQ2_K);

    /// <inheritdoc/>
    public static bool AlternatesHalves => true;

    /// <inheritdoc/>
    public static int MinLanes => 8;

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockQ2_K*)source;
        to->D = Float16.ToSingle(block->D);
        to->DMin = Float16.ToSingle(block->DMin);
        for (int part = 0; part < 16; part++)
        {
            to->Scales[part] = (short)(block->Scales[part] & 15);
            to->Mins[part] = (short)(block->Scales[part] >> 4);
        }

        for (int i = 0; i < 256; i++)
            to->Codes[i] = (sbyte)((block->Qs[(i >> 7) * 32 + (i & 31)] >> (2 * ((i >> 5) & 3))) & 3);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockQ2_K*)source;
        to->D = Float16.ToSingle(block->D);
        to->DMin = Float16.ToSingle(block->DMin);
        Vector128<byte> scales = Vector128.Load(block->Scales);
        SixteenScales.Store(Codes.LowNibbles(scales).AsSByte(), to->Scales);
        SixteenScales.Store(Codes.HighNibbles(scales).AsSByte(), to->Mins);
        for (int half = 0; half < 2; half++)
        {
            Vector128<byte> even = Vector128.Load(block->Qs + 32 * half), odd = Vector128.Load(block->Qs + 32 * half + 16);
            sbyte* codes = to->Codes + 128 * half;
            for (int pair = 0; pair < 4; pair++)
            {
                Codes.Pairs(even, pair).AsSByte().Store(codes + 32 * pair);
                Codes.Pairs(odd, pair).AsSByte().Store(codes + 32 * pair + 16);
            }
        }
    }
}
