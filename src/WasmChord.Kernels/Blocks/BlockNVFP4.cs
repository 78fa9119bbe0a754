using System.Runtime.InteropServices;

namespace WasmChord.Kernels;

/// <summary>
/// 64 values of the 4-bit float E2M1, in 4 blocks of 16 with an unsigned E4M3 scale each. Source of the layout:
/// ggml's <c>ggml-common.h</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public unsafe struct BlockNVFP4
{
    /// <summary>Scales, UE4M3.</summary>
    public fixed byte D[4];

    /// <summary>Per 8 bytes 16 values: low nibbles hold values 0–7, high nibbles values 8–15.</summary>
    public fixed byte Qs[32];
}
