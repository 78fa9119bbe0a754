using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Codes of <see cref="BlockMXFP4"/>: doubled E2M1 values, up to ±12.</summary>
internal readonly unsafe struct MXFP4Codes : ISmallBlockCodes
{
    /// <inheritdoc/>
    public static int BlockSize => 32;

    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockMXFP4);

    /// <inheritdoc/>
    public static int RunLength => 32;

    /// <inheritdoc/>
    public static bool HasMins => false;

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, sbyte* codes, float* scales, float* mins)
    {
        var block = (BlockMXFP4*)source;
        scales[0] = MicroscalingFloats.HalfOfE8M0(block->E);
        for (int i = 0; i < 16; i++)
        {
            codes[i] = MicroscalingFloats.DoubledE2M1[block->Qs[i] & 15];
            codes[i + 16] = MicroscalingFloats.DoubledE2M1[block->Qs[i] >> 4];
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, sbyte* codes, float* scales, float* mins)
    {
        var block = (BlockMXFP4*)source;
        scales[0] = MicroscalingFloats.HalfOfE8M0(block->E);
        Vector128<byte> packed = Vector128.Load(block->Qs);
        Vector128<sbyte> levels = Vector128.Create(MicroscalingFloats.DoubledE2M1);
        Codes.Select(levels, Codes.LowNibbles(packed)).Store(codes);
        Codes.Select(levels, Codes.HighNibbles(packed)).Store(codes + 16);
    }
}
