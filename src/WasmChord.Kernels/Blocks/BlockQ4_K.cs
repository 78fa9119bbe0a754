using System.Runtime.InteropServices;

namespace WasmChord.Kernels;

/// <summary>
/// Super-block of 256 values of four bits, in 8 blocks of 32: D · scale · code − DMin · min. Source of the layout:
/// ggml's <c>ggml-common.h</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public unsafe struct BlockQ4_K
{
    /// <summary>Scale of the scales.</summary>
    public Half D;

    /// <summary>Scale of the mins.</summary>
    public Half DMin;

    /// <summary>Eight six-bit scales and eight six-bit mins, packed.</summary>
    public fixed byte Scales[12];

    /// <summary>Each 32 bytes hold 64 values: 32 in the low nibbles, then 32 in the high ones.</summary>
    public fixed byte Qs[128];
}
