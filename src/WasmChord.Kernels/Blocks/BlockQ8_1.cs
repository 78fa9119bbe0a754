using System.Runtime.InteropServices;

namespace WasmChord.Kernels;

/// <summary>
/// 32 values of eight bits, D · code, with their sum ready for dot products against types with an offset. Source of
/// the layout: ggml's <c>ggml-common.h</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public unsafe struct BlockQ8_1
{
    /// <summary>Scale of the block.</summary>
    public Half D;

    /// <summary>D times the sum of the codes.</summary>
    public Half S;

    /// <summary>Signed codes.</summary>
    public fixed sbyte Qs[32];
}
