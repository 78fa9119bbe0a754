using System.Runtime.InteropServices;

namespace WasmChord.Kernels;

/// <summary>
/// 64 values of two bits: D · (code − 1). Source of the layout: ggml's <c>ggml-common.h</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public unsafe struct BlockQ2_0
{
    /// <summary>Scale of the block.</summary>
    public Half D;

    /// <summary>Four codes per byte, least significant first.</summary>
    public fixed byte Qs[16];
}
