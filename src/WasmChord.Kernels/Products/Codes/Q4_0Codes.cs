using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Codes of <see cref="BlockQ4_0"/>: −8 to 7.</summary>
internal readonly unsafe struct Q4_0Codes : ISmallBlockCodes
{
    /// <inheritdoc/>
    public static int BlockSize => 32;

    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockQ4_0);

    /// <inheritdoc/>
    public static int RunLength => 32;

    /// <inheritdoc/>
    public static bool HasMins => false;

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, sbyte* codes, float* scales, float* mins)
    {
        var block = (BlockQ4_0*)source;
        scales[0] = Float16.ToSingle(block->D);
        for (int i = 0; i < 16; i++)
        {
            codes[i] = (sbyte)((block->Qs[i] & 15) - 8);
            codes[i + 16] = (sbyte)((block->Qs[i] >> 4) - 8);
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, sbyte* codes, float* scales, float* mins)
    {
        var block = (BlockQ4_0*)source;
        scales[0] = Float16.ToSingle(block->D);
        Vector128<byte> packed = Vector128.Load(block->Qs);
        Vector128<sbyte> eight = Vector128.Create((sbyte)8);
        (Codes.LowNibbles(packed).AsSByte() - eight).Store(codes);
        (Codes.HighNibbles(packed).AsSByte() - eight).Store(codes + 16);
    }
}
