using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Codes of <see cref="BlockQ4_1"/>: 0 to 15.</summary>
internal readonly unsafe struct Q4_1Codes : ISmallBlockCodes
{
    /// <inheritdoc/>
    public static int BlockSize => 32;

    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockQ4_1);

    /// <inheritdoc/>
    public static int RunLength => 32;

    /// <inheritdoc/>
    public static bool HasMins => true;

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, sbyte* codes, float* scales, float* mins)
    {
        var block = (BlockQ4_1*)source;
        scales[0] = Float16.ToSingle(block->D);
        mins[0] = Float16.ToSingle(block->M);
        for (int i = 0; i < 16; i++)
        {
            codes[i] = (sbyte)(block->Qs[i] & 15);
            codes[i + 16] = (sbyte)(block->Qs[i] >> 4);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, sbyte* codes, float* scales, float* mins)
    {
        var block = (BlockQ4_1*)source;
        scales[0] = Float16.ToSingle(block->D);
        mins[0] = Float16.ToSingle(block->M);
        Vector128<byte> packed = Vector128.Load(block->Qs);
        Codes.LowNibbles(packed).AsSByte().Store(codes);
        Codes.HighNibbles(packed).AsSByte().Store(codes + 16);
    }
}
