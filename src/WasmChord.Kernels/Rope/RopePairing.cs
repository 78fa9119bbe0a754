namespace WasmChord.Kernels;

/// <summary>Which two values of a head RoPE turns together.</summary>
public enum RopePairing
{
    /// <summary>Neighbours: 2i and 2i + 1 (ggml's "norm").</summary>
    Interleaved,

    /// <summary>Halves: i and i + n/2 (ggml's "neox").</summary>
    SplitHalf,
}
