using System.Runtime.InteropServices;

namespace WasmChord.Bench.Kernels;

/// <summary>
/// <c>struct ggml_type_traits</c> as the public header <c>ggml.h</c> declares it (https://github.com/ggml-org/ggml,
/// <c>include/ggml.h</c>; the same in February 2025 and August 2026).
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct GgmlTypeTraitsLayout
{
    public byte* Name;
    public long BlockSize;
    public long InterleavedBlockSize;
    public nuint TypeSize;
    public byte IsQuantized;
    public delegate* unmanaged[Cdecl]<void*, float*, long, void> ToFloat;
    public delegate* unmanaged[Cdecl]<float*, void*, long, void> FromFloatReference;
}
