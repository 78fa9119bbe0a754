using System.Runtime.InteropServices;

namespace WasmChord.Kernels;

/// <summary>
/// 32 values of five bits: D · code + M. Source of the layout: ggml's <c>ggml-common.h</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public unsafe struct BlockQ5_1
{
    /// <summary>Scale of the block.</summary>
    public Half D;

    /// <summary>Offset of the block.</summary>
    public Half M;

    /// <summary>Fifth bits: bit j of the little-endian word belongs to value j.</summary>
    public fixed byte Qh[4];

    /// <summary>Lower four bits: low nibbles hold values 0–15, high nibbles values 16–31.</summary>
    public fixed byte Qs[16];
}
