using System.Runtime.InteropServices;

namespace WasmChord.Kernels;

/// <summary>
/// Super-block of 256 ternary values, five to a byte as a fixed-point fraction in base 3: D · (digit − 1). Source
/// of the layout: ggml's <c>ggml-common.h</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public unsafe struct BlockTQ1_0
{
    /// <summary>Five digits per byte: 160 values in 32 bytes, 80 values in 16 bytes.</summary>
    public fixed byte Qs[48];

    /// <summary>Four digits per byte: the last 16 values.</summary>
    public fixed byte Qh[4];

    /// <summary>Scale of the block.</summary>
    public Half D;
}
