using System.Runtime.InteropServices;

namespace WasmChord.Kernels;

/// <summary>
/// Super-block of 256 values at 1.5625 bits: per 8 values an 11-bit index into a ternary codebook, per 32 values a
/// 3-bit scale and the sign of a shift by 1/8. Source of the layout: ggml's <c>ggml-common.h</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public unsafe struct BlockIQ1_S
{
    /// <summary>Scale of the scales.</summary>
    public Half D;

    /// <summary>Low bytes of the indices.</summary>
    public fixed byte Qs[32];

    /// <summary>Per 32 values: 4 × 3 upper index bits, 3 bits of scale, and the sign of the shift.</summary>
    public fixed ushort Qh[8];
}
