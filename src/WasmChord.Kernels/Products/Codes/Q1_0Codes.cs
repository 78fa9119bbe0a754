using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Codes of <see cref="BlockQ1_0"/>: −1 and 1; one scale for four runs.</summary>
internal readonly unsafe struct Q1_0Codes : ISmallBlockCodes
{
    /// <inheritdoc/>
    public static int BlockSize => 128;

    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockQ1_0);

    /// <inheritdoc/>
    public static int RunLength => 32;

    /// <inheritdoc/>
    public static bool HasMins => false;

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, sbyte* codes, float* scales, float* mins)
    {
        var block = (BlockQ1_0*)source;
        float d = Float16.ToSingle(block->D);
        for (int run = 0; run < 4; run++) scales[run] = d;
        for (int i = 0; i < 128; i++) codes[i] = (sbyte)(((block->Qs[i >> 3] >> (i & 7)) & 1) != 0 ? 1 : -1);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, sbyte* codes, float* scales, float* mins)
    {
        var block = (BlockQ1_0*)source;
        float d = Float16.ToSingle(block->D);
        for (int run = 0; run < 4; run++) scales[run] = d;
        for (int i = 0; i < 8; i++)
        {
            // Two where the bit is set, less one, is the sign of the value.
            Vector128<byte> set = Codes.SpreadBits(((ushort*)block->Qs)[i]);
            ((set & Vector128.Create((byte)2)).AsSByte() - Vector128<sbyte>.One).Store(codes + 16 * i);
        }
    }
}
