using System.Runtime.InteropServices;

namespace WasmChord.Kernels;

/// <summary>
/// Super-block of 256 values of two bits, in 16 blocks of 16: D · scale · code − DMin · min. Source of the layout:
/// ggml's <c>ggml-common.h</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public unsafe struct BlockQ2_K
{
    /// <summary>Per block of 16: scale in the low nibble, min in the high one.</summary>
    public fixed byte Scales[16];

    /// <summary>Two-bit codes: each 32 bytes hold 128 values, 32 per pair of bits, lowest pair first.</summary>
    public fixed byte Qs[64];

    /// <summary>Scale of the scales.</summary>
    public Half D;

    /// <summary>Scale of the mins.</summary>
    public Half DMin;
}
