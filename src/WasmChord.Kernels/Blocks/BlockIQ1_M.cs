using System.Runtime.InteropServices;

namespace WasmChord.Kernels;

/// <summary>
/// Super-block of 256 values at 1.75 bits: per 8 values an 11-bit index into a ternary codebook and the sign of a
/// shift by 1/8, per 16 values a 3-bit scale. The 16-bit scale of the super-block is spread over the upper four
/// bits of the four words of <see cref="Scales"/>. Source of the layout: ggml's <c>ggml-common.h</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public unsafe struct BlockIQ1_M
{
    /// <summary>Low bytes of the indices.</summary>
    public fixed byte Qs[32];

    /// <summary>Per 8 values a nibble: 3 upper index bits and the sign of the shift.</summary>
    public fixed byte Qh[16];

    /// <summary>Four little-endian words: 4 × 3 bits of scale, and 4 bits of the common scale.</summary>
    public fixed byte Scales[8];
}
