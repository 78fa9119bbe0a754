using System.Runtime.InteropServices;

namespace WasmChord.Kernels;

/// <summary>
/// Super-block of 256 values at 2.0625 bits: eight groups of 32, each four 8-bit indices into a codebook of 8
/// magnitudes, four 7-bit sign codes and a 4-bit scale. Source of the layout: ggml's <c>ggml-common.h</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public unsafe struct BlockIQ2_XXS
{
    /// <summary>Scale of the scales.</summary>
    public Half D;

    /// <summary>Four words per group of 32: four index bytes, then 4 × 7 bits of signs and 4 bits of scale.</summary>
    public fixed ushort Qs[32];
}
