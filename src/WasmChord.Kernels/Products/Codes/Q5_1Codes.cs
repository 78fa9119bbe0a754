using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Codes of <see cref="BlockQ5_1"/>: 0 to 31.</summary>
internal readonly unsafe struct Q5_1Codes : ISmallBlockCodes
{
    /// <inheritdoc/>
    public static int BlockSize => 32;

    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockQ5_1);

    /// <inheritdoc/>
    public static int RunLength => 32;

    /// <inheritdoc/>
    public static bool HasMins => true;

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, sbyte* codes, float* scales, float* mins)
    {
        var block = (BlockQ5_1*)source;
        scales[0] = Float16.ToSingle(block->D);
        mins[0] = Float16.ToSingle(block->M);
        uint fifth = *(uint*)block->Qh;
        for (int i = 0; i < 16; i++)
        {
            codes[i] = (sbyte)((block->Qs[i] & 15 | (int)((fifth >> i) & 1) << 4));
            codes[i + 16] = (sbyte)((block->Qs[i] >> 4 | (int)((fifth >> (i + 16)) & 1) << 4));
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, sbyte* codes, float* scales, float* mins)
    {
        var block = (BlockQ5_1*)source;
        scales[0] = Float16.ToSingle(block->D);
        mins[0] = Float16.ToSingle(block->M);
        Vector128<byte> packed = Vector128.Load(block->Qs);
        var fifth = (ushort*)block->Qh;
        Vector128<byte> sixteen = Vector128.Create((byte)16);
        Vector128<byte> low = Codes.LowNibbles(packed) | (Codes.SpreadBits(fifth[0]) & sixteen);
        Vector128<byte> high = Codes.HighNibbles(packed) | (Codes.SpreadBits(fifth[1]) & sixteen);
        low.AsSByte().Store(codes);
        high.AsSByte().Store(codes + 16);
    }
}
