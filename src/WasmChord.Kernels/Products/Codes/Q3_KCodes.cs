using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Codes of <see cref="BlockQ3_K"/>: −4 to 3, scales −32 to 31.</summary>
internal readonly unsafe struct Q3_KCodes : ISuperBlockCodes
{
    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockQ3_K);

    /// <inheritdoc/>
    public static bool AlternatesHalves => true;

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockQ3_K*)source;
        to->D = Float16.ToSingle(block->D);
        for (int part = 0; part < 16; part++) to->Scales[part] = (short)Q3_K.Scale(block->Scales, part);
        for (int i = 0; i < 256; i++)
        {
            int code = (block->Qs[(i >> 7) * 32 + (i & 31)] >> (2 * ((i >> 5) & 3))) & 3;
            int third = (block->HMask[i & 31] >> (i >> 5)) & 1;
            to->Codes[i] = (sbyte)(code + 4 * third - 4);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, SuperBlockCodes* to)
    {
        var block = (BlockQ3_K*)source;
        to->D = Float16.ToSingle(block->D);
        SixteenScales.Store(Q3_K.Scales(block->Scales), to->Scales);
        Vector128<byte> evenThirds = Vector128.Load(block->HMask), oddThirds = Vector128.Load(block->HMask + 16);
        for (int half = 0; half < 2; half++)
        {
            Vector128<byte> even = Vector128.Load(block->Qs + 32 * half), odd = Vector128.Load(block->Qs + 32 * half + 16);
            sbyte* codes = to->Codes + 128 * half;
            for (int pair = 0; pair < 4; pair++)
            {
                int bit = 4 * half + pair;
                Q3_K.Join(Codes.Pairs(even, pair), evenThirds, bit).Store(codes + 32 * pair);
                Q3_K.Join(Codes.Pairs(odd, pair), oddThirds, bit).Store(codes + 32 * pair + 16);
            }
        }
    }
}
