using System.Runtime.InteropServices;

namespace WasmChord.Kernels;

/// <summary>
/// Super-block of 256 values of four bits, in 8 blocks of 32, that select from a fixed table of 16 levels: D ·
/// (scale − 32) · level. Source of the layout: ggml's <c>ggml-common.h</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public unsafe struct BlockIQ4_XS
{
    /// <summary>Scale of the scales.</summary>
    public Half D;

    /// <summary>Upper two bits of the eight scales.</summary>
    public ushort ScalesH;

    /// <summary>Lower four bits of the eight scales.</summary>
    public fixed byte ScalesL[4];

    /// <summary>Per 16 bytes 32 values: low nibbles hold values 0–15, high nibbles values 16–31.</summary>
    public fixed byte Qs[128];
}
