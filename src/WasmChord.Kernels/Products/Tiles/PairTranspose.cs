using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>Turns four rows of words into the order of a tile: pairs of words of all rows side by side.</summary>
internal static unsafe class PairTranspose
{
    /// <summary>
    /// to[(i · rows + r) · 2] = the words 2i and 2i + 1 of row r, for four rows of <paramref name="pairs"/> pairs.
    /// </summary>
    /// <param name="from">(4, 2 · pairs).</param>
    /// <param name="pairs">Pairs a row, a multiple of four.</param>
    /// <param name="to">The place of the first of the four rows in (pairs, rows, 2).</param>
    /// <param name="rows">Rows of the tile.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Run(short* from, int pairs, short* to, int rows)
    {
        int* a = (int*)from, b = a + pairs, c = b + pairs, d = c + pairs, target = (int*)to;
        for (int i = 0; i < pairs; i += 4, target += 4 * rows)
        {
            Vector128<int> va = Vector128.Load(a + i), vb = Vector128.Load(b + i);
            Vector128<int> vc = Vector128.Load(c + i), vd = Vector128.Load(d + i);
            Vector128<long> low = Low(va, vb).AsInt64(), high = High(va, vb).AsInt64();
            Vector128<long> nextLow = Low(vc, vd).AsInt64(), nextHigh = High(vc, vd).AsInt64();
            Low(low, nextLow).AsInt32().Store(target);
            High(low, nextLow).AsInt32().Store(target + rows);
            Low(high, nextHigh).AsInt32().Store(target + 2 * rows);
            High(high, nextHigh).AsInt32().Store(target + 3 * rows);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Low(Vector128<int> a, Vector128<int> b) =>
        Sse2.IsSupported ? Sse2.UnpackLow(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
        : Vector128.Create(a[0], b[0], a[1], b[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> High(Vector128<int> a, Vector128<int> b) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
        : Vector128.Create(a[2], b[2], a[3], b[3]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<long> Low(Vector128<long> a, Vector128<long> b) =>
        Sse2.IsSupported ? Sse2.UnpackLow(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b)
        : Vector128.Create(a[0], b[0]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<long> High(Vector128<long> a, Vector128<long> b) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(a, b)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b)
        : Vector128.Create(a[1], b[1]);
}
