using System.Runtime.InteropServices;

namespace WasmChord.Kernels;

/// <summary>
/// Super-block of 256 values at 2.5625 bits: per 8 values a 10-bit index into a codebook and 8 sign bits, per 16
/// values a 4-bit scale. Source of the layout: ggml's <c>ggml-common.h</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public unsafe struct BlockIQ2_S
{
    /// <summary>Scale of the scales.</summary>
    public Half D;

    /// <summary>32 low bytes of the indices, then 32 bytes of signs.</summary>
    public fixed byte Qs[64];

    /// <summary>Upper two bits of the indices, four indices per byte.</summary>
    public fixed byte Qh[8];

    /// <summary>Per 32 values: scale of the first 16 in the low nibble, of the second 16 in the high one.</summary>
    public fixed byte Scales[8];
}
