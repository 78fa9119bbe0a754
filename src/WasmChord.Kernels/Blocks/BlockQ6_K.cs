using System.Runtime.InteropServices;

namespace WasmChord.Kernels;

/// <summary>
/// Super-block of 256 values of six bits, in 16 blocks of 16: D · scale · (code − 32). Source of the layout: ggml's
/// <c>ggml-common.h</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public unsafe struct BlockQ6_K
{
    /// <summary>Lower four bits, 128 values per 64 bytes: 64 in the low nibbles, then 64 in the high ones.</summary>
    public fixed byte Ql[128];

    /// <summary>Upper two bits: each 32 bytes hold 128 values, 32 per pair of bits, lowest pair first.</summary>
    public fixed byte Qh[64];

    /// <summary>Signed scale per block of 16.</summary>
    public fixed sbyte Scales[16];

    /// <summary>Scale of the scales.</summary>
    public Half D;
}
