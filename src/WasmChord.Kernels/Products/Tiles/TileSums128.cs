using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Portable 128-bit vectors: eight rows. Each pair of activations is broadcast once and meets both registers.</summary>
internal readonly unsafe struct TileSums128 : ITileSums
{
    /// <inheritdoc/>
    public static int Rows => 8;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(short* w, short* y, int stride, int pairs, int* sums)
    {
        int* y0 = (int*)y, y1 = (int*)(y + stride), y2 = (int*)(y + 2 * stride), y3 = (int*)(y + 3 * stride);
        Vector128<int> a0 = default, a1 = default, a2 = default, a3 = default;
        Vector128<int> b0 = default, b1 = default, b2 = default, b3 = default;
        for (int i = 0; i < pairs; i++, w += 2 * Rows)
        {
            Vector128<short> a = Vector128.Load(w), b = Vector128.Load(w + Rows);
            Vector128<short> at = Vector128.Create(y0[i]).AsInt16();
            a0 += PairProducts.Of(a, at);
            b0 += PairProducts.Of(b, at);
            at = Vector128.Create(y1[i]).AsInt16();
            a1 += PairProducts.Of(a, at);
            b1 += PairProducts.Of(b, at);
            at = Vector128.Create(y2[i]).AsInt16();
            a2 += PairProducts.Of(a, at);
            b2 += PairProducts.Of(b, at);
            at = Vector128.Create(y3[i]).AsInt16();
            a3 += PairProducts.Of(a, at);
            b3 += PairProducts.Of(b, at);
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
