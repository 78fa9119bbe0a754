using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>The half-precision scales of eight neighbouring blocks as floats.</summary>
internal static unsafe class HalfScales
{
    /// <summary>The halves at <paramref name="first"/> and at seven strides of a block from there.</summary>
    /// <typeparam name="TBlock">The block, whose size is the stride.</typeparam>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Of<TBlock>(byte* first)
        where TBlock : unmanaged
    {
        int stride = sizeof(TBlock);
        Vector128<short> halves = Vector128.Create(
            *(short*)first, *(short*)(first + stride), *(short*)(first + 2 * stride), *(short*)(first + 3 * stride),
            *(short*)(first + 4 * stride), *(short*)(first + 5 * stride), *(short*)(first + 6 * stride),
            *(short*)(first + 7 * stride));
        return Lanes256.FromHalf(Avx2.ConvertToVector256Int32(halves));
    }
}
