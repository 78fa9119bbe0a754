namespace WasmChord.Kernels;

/// <summary>The widths a kernel may run at, narrowest first. A machine with a wider one has those before it.</summary>
internal enum KernelPath
{
    /// <summary>Plain C#: the reference for every other path.</summary>
    Scalar,

    /// <summary>Portable 128-bit vectors: SSE on x86, NEON on Arm.</summary>
    Vector128,

    /// <summary>AVX2.</summary>
    Avx2,

    /// <summary>AVX-512 F, BW, DQ and VL.</summary>
    Avx512,
}
