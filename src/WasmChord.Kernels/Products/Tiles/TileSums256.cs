using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>AVX2: sixteen rows. Each pair of activations is broadcast once and meets both registers of weights.</summary>
internal readonly unsafe struct TileSums256 : ITileSums
{
    /// <inheritdoc/>
    public static int Rows => 16;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(short* w, short* y, int stride, int pairs, int* sums)
    {
        int* y0 = (int*)y, y1 = (int*)(y + stride), y2 = (int*)(y + 2 * stride), y3 = (int*)(y + 3 * stride);
        Vector256<int> a0 = default, a1 = default, a2 = default, a3 = default;
        Vector256<int> b0 = default, b1 = default, b2 = default, b3 = default;
        for (int i = 0; i < pairs; i++, w += 2 * Rows)
        {
            Vector256<short> a = Vector256.Load(w), b = Vector256.Load(w + Rows);
            Vector256<short> at = Vector256.Create(y0[i]).AsInt16();
            a0 += Avx2.MultiplyAddAdjacent(a, at);
            b0 += Avx2.MultiplyAddAdjacent(b, at);
            at = Vector256.Create(y1[i]).AsInt16();
            a1 += Avx2.MultiplyAddAdjacent(a, at);
            b1 += Avx2.MultiplyAddAdjacent(b, at);
            at = Vector256.Create(y2[i]).AsInt16();
            a2 += Avx2.MultiplyAddAdjacent(a, at);
            b2 += Avx2.MultiplyAddAdjacent(b, at);
            at = Vector256.Create(y3[i]).AsInt16();
            a3 += Avx2.MultiplyAddAdjacent(a, at);
            b3 += Avx2.MultiplyAddAdjacent(b, at);
        }

        a0.Store(sums);
        b0.Store(sums + Rows / 2);
        a1.Store(sums + Rows);
        b1.Store(sums + Rows + Rows / 2);
        a2.Store(sums + 2 * Rows);
        b2.Store(sums + 2 * Rows + Rows / 2);
        a3.Store(sums + 3 * Rows);
        b3.Store(sums + 3 * Rows + Rows / 2);
    }
}
