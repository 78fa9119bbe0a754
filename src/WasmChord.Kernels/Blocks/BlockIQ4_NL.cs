using System.Runtime.InteropServices;

namespace WasmChord.Kernels;

/// <summary>
/// 32 values of four bits that select from a fixed table of 16 levels: D · level. Source of the layout: ggml's
/// <c>ggml-common.h</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public unsafe struct BlockIQ4_NL
{
    /// <summary>Scale of the block.</summary>
    public Half D;

    /// <summary>Low nibbles hold values 0–15, high nibbles values 16–31.</summary>
    public fixed byte Qs[16];
}
