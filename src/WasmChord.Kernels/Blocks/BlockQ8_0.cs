using System.Runtime.InteropServices;

namespace WasmChord.Kernels;

/// <summary>
/// 32 values of eight bits: D · code. Source of the layout: ggml's <c>ggml-common.h</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public unsafe struct BlockQ8_0
{
    /// <summary>Scale of the block.</summary>
    public Half D;

    /// <summary>Signed codes.</summary>
    public fixed sbyte Qs[32];
}
