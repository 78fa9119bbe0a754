using System.Runtime.InteropServices;

namespace WasmChord.Kernels;

/// <summary>
/// Super-block of 256 values at 2.3125 bits: per 8 values a 9-bit index into a codebook and a 7-bit sign code, per
/// 16 values a 4-bit scale. Source of the layout: ggml's <c>ggml-common.h</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public unsafe struct BlockIQ2_XS
{
    /// <summary>Scale of the scales.</summary>
    public Half D;

    /// <summary>Per 8 values: index in bits 0–8, sign code in bits 9–15.</summary>
    public fixed ushort Qs[32];

    /// <summary>Per 32 values: scale of the first 16 in the low nibble, of the second 16 in the high one.</summary>
    public fixed byte Scales[8];
}
