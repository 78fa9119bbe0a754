using System.Runtime.InteropServices;

namespace WasmChord.Kernels;

/// <summary>
/// 32 values of the 4-bit float E2M1 with a shared power of two (Open Compute Project, Microscaling Formats 1.0).
/// Source of the layout: ggml's <c>ggml-common.h</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public unsafe struct BlockMXFP4
{
    /// <summary>Shared exponent, E8M0.</summary>
    public byte E;

    /// <summary>Low nibbles hold values 0–15, high nibbles values 16–31.</summary>
    public fixed byte Qs[16];
}
