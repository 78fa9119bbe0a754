using System.Runtime.InteropServices;

namespace WasmChord.Kernels;

/// <summary>
/// Super-block of 256 ternary values, two bits each: D · (code − 1). Source of the layout: ggml's <c>ggml-
/// common.h</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public unsafe struct BlockTQ2_0
{
    /// <summary>Each 32 bytes hold 128 values, 32 per pair of bits, lowest pair first.</summary>
    public fixed byte Qs[64];

    /// <summary>Scale of the block.</summary>
    public Half D;
}
