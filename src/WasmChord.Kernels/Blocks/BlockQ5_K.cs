using System.Runtime.InteropServices;

namespace WasmChord.Kernels;

/// <summary>
/// Super-block of 256 values of five bits, in 8 blocks of 32: D · scale · code − DMin · min. Source of the layout:
/// ggml's <c>ggml-common.h</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public unsafe struct BlockQ5_K
{
    /// <summary>Scale of the scales.</summary>
    public Half D;

    /// <summary>Scale of the mins.</summary>
    public Half DMin;

    /// <summary>Eight six-bit scales and eight six-bit mins, packed.</summary>
    public fixed byte Scales[12];

    /// <summary>Fifth bits: bit p of byte l belongs to value 32 · p + l.</summary>
    public fixed byte Qh[32];

    /// <summary>Lower four bits, 64 values per 32 bytes: 32 in the low nibbles, then 32 in the high ones.</summary>
    public fixed byte Qs[128];
}
