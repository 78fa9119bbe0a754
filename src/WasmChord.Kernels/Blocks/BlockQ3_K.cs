using System.Runtime.InteropServices;

namespace WasmChord.Kernels;

/// <summary>
/// Super-block of 256 values of three bits, in 16 blocks of 16: D · (scale − 32) · (code − 4). Source of the
/// layout: ggml's <c>ggml-common.h</c>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public unsafe struct BlockQ3_K
{
    /// <summary>Third bits: bit p of byte l belongs to value 32 · p + l.</summary>
    public fixed byte HMask[32];

    /// <summary>Lower two bits: each 32 bytes hold 128 values, 32 per pair of bits, lowest pair first.</summary>
    public fixed byte Qs[64];

    /// <summary>Sixteen six-bit scales: low nibbles in bytes 0–7, upper pairs of bits in bytes 8–11.</summary>
    public fixed byte Scales[12];

    /// <summary>Scale of the scales.</summary>
    public Half D;
}
