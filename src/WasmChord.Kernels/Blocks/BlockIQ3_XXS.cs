using System.Runtime.InteropServices;

namespace WasmChord.Kernels;

/// <summary>
/// Super-block of 256 values at 3.0625 bits: per 4 values an 8-bit index into a codebook of 4 magnitudes, per 8
/// values a 7-bit sign code, per 32 values a 4-bit scale. Source of the layout: ggml's <c>ggml-common.h</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public unsafe struct BlockIQ3_XXS
{
    /// <summary>Scale of the scales.</summary>
    public Half D;

    /// <summary>64 indices, then per 32 values a little-endian word: 4 × 7 bits of signs and 4 bits of scale.</summary>
    public fixed byte Qs[96];
}
