using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Codes of <see cref="BlockIQ4_NL"/>: levels from −127 to 113.</summary>
internal readonly unsafe struct IQ4_NLCodes : ISmallBlockCodes
{
    /// <inheritdoc/>
    public static int BlockSize => 32;

    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockIQ4_NL);

    /// <inheritdoc/>
    public static int RunLength => 32;

    /// <inheritdoc/>
    public static bool HasMins => false;

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, sbyte* codes, float* scales, float* mins)
    {
        var block = (BlockIQ4_NL*)source;
        scales[0] = Float16.ToSingle(block->D);
        for (int i = 0; i < 16; i++)
        {
            codes[i] = IQ4_NL.Levels[block->Qs[i] & 15];
            codes[i + 16] = IQ4_NL.Levels[block->Qs[i] >> 4];
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, sbyte* codes, float* scales, float* mins)
    {
        var block = (BlockIQ4_NL*)source;
        scales[0] = Float16.ToSingle(block->D);
        Vector128<byte> packed = Vector128.Load(block->Qs);
        Vector128<sbyte> levels = Vector128.Create(IQ4_NL.Levels);
        Codes.Select(levels, Codes.LowNibbles(packed)).Store(codes);
        Codes.Select(levels, Codes.HighNibbles(packed)).Store(codes + 16);
    }
}
