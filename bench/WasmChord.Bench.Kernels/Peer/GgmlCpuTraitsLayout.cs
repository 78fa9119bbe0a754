using System.Runtime.InteropServices;

namespace WasmChord.Bench.Kernels;

/// <summary>
/// <c>struct ggml_type_traits_cpu</c> as the public header <c>ggml-cpu.h</c> declares it (https://github.com/ggml-org/ggml,
/// <c>include/ggml-cpu.h</c>; the same in February 2025 and August 2026).
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct GgmlCpuTraitsLayout
{
    public delegate* unmanaged[Cdecl]<float*, void*, long, void> FromFloat;

    /// <summary>(values, result, result stride, weights, weight stride, activations, activation stride, rows at once).</summary>
    public delegate* unmanaged[Cdecl]<int, float*, nuint, void*, nuint, void*, nuint, int, void> VecDot;

    public int VecDotType;
    public long RowsAtOnce;
}
