using System.Runtime.InteropServices;

namespace WasmChord.Kernels;

/// <summary>
/// 32 values of four bits: D · (code − 8). Source of the layout: ggml's <c>ggml-common.h</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public unsafe struct BlockQ4_0
{
    /// <summary>Scale of the block.</summary>
    public Half D;

    /// <summary>Low nibbles hold values 0–15, high nibbles values 16–31.</summary>
    public fixed byte Qs[16];
}
