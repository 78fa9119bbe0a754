using System.Runtime.InteropServices;

namespace WasmChord.Kernels;

/// <summary>
/// Super-block of 256 values at 3.4375 bits: per 4 values a 9-bit index into a codebook and 4 sign bits, per 32
/// values a 4-bit scale. Source of the layout: ggml's <c>ggml-common.h</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public unsafe struct BlockIQ3_S
{
    /// <summary>Scale of the scales.</summary>
    public Half D;

    /// <summary>Low bytes of the indices.</summary>
    public fixed byte Qs[64];

    /// <summary>Ninth bits of the indices, eight indices per byte.</summary>
    public fixed byte Qh[8];

    /// <summary>One bit per value, set where it is negative.</summary>
    public fixed byte Signs[32];

    /// <summary>Per 64 values: scale of the first 32 in the low nibble, of the second 32 in the high one.</summary>
    public fixed byte Scales[4];
}
