using System.Runtime.InteropServices;

namespace WasmChord.Kernels;

/// <summary>
/// 128 values of one bit: +D where the bit is set, −D where it is not. Source of the layout: ggml's <c>ggml-
/// common.h</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public unsafe struct BlockQ1_0
{
    /// <summary>Scale of the block.</summary>
    public Half D;

    /// <summary>Bits, least significant first.</summary>
    public fixed byte Qs[16];
}
