using System.Runtime.InteropServices;

namespace WasmChord.Kernels;

/// <summary>
/// Super-block of 256 values of eight bits: D · code. Holds activations during dot products; files never do. Source
/// of the layout: ggml's <c>ggml-common.h</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public unsafe struct BlockQ8_K
{
    /// <summary>Scale of the block.</summary>
    public float D;

    /// <summary>Signed codes.</summary>
    public fixed sbyte Qs[256];

    /// <summary>Sums of the codes, 16 at a time.</summary>
    public fixed short BSums[16];
}
