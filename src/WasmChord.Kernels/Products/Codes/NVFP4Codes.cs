using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Codes of <see cref="BlockNVFP4"/>: doubled E2M1 values, up to ±12; a scale for each sixteen.</summary>
internal readonly unsafe struct NVFP4Codes : ISmallBlockCodes
{
    /// <inheritdoc/>
    public static int BlockSize => 64;

    /// <inheritdoc/>
    public static int TypeSize => sizeof(BlockNVFP4);

    /// <inheritdoc/>
    public static int RunLength => 16;

    /// <inheritdoc/>
    public static bool HasMins => false;

    /// <inheritdoc/>
    public static void UnpackScalar(byte* source, sbyte* codes, float* scales, float* mins)
    {
        var block = (BlockNVFP4*)source;
        for (int part = 0; part < 4; part++)
        {
            scales[part] = MicroscalingFloats.HalfOfUE4M3(block->D[part]);
            for (int i = 0; i < 8; i++)
            {
                byte pair = block->Qs[8 * part + i];
                codes[16 * part + i] = MicroscalingFloats.DoubledE2M1[pair & 15];
                codes[16 * part + i + 8] = MicroscalingFloats.DoubledE2M1[pair >> 4];
            }
        }
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Unpack(byte* source, sbyte* codes, float* scales, float* mins)
    {
        var block = (BlockNVFP4*)source;
        Vector128<sbyte> levels = Vector128.Create(MicroscalingFloats.DoubledE2M1);
        for (int part = 0; part < 4; part++)
        {
            // Eight bytes hold sixteen values: low nibbles below, high nibbles above.
            ulong packed = *(ulong*)(block->Qs + 8 * part);
            scales[part] = MicroscalingFloats.HalfOfUE4M3(block->D[part]);
            Vector128<byte> nibbles = Codes.LowNibbles(Vector128.Create(packed, packed >> 4).AsByte());
            Codes.Select(levels, nibbles).Store(codes + 16 * part);
        }
    }
}
