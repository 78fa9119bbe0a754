using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>AVX2: the sixteen lanes are two registers; a tile is two rows by two positions.</summary>
internal readonly unsafe struct FloatDots256 : IFloatDots
{
    /// <inheritdoc/>
    public static int Rows => 2;

    /// <inheritdoc/>
    public static int Positions => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float One(float* w, float* y, int count)
    {
        Vector256<float> lower = default, upper = default;
        for (; count >= 16; count -= 16, w += 16, y += 16)
        {
            lower += Vector256.Load(w) * Vector256.Load(y);
            upper += Vector256.Load(w + 8) * Vector256.Load(y + 8);
        }

        if (count == 0) return FloatLanes.Fold(lower, upper);
        float* lanes = stackalloc float[FloatLanes.Count];
        lower.Store(lanes);
        upper.Store(lanes + 8);
        return FloatLanes.Finish(lanes, w, y, count);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float OneOfBrains(ushort* w, float* y, int count)
    {
        Vector256<float> lower = default, upper = default;
        for (; count > 0; count -= 16, w += 16, y += 16)
        {
            Sse.Prefetch0(w + FloatLanes.PrefetchValues);
            lower += (Avx2.ConvertToVector256Int32(w) << 16).AsSingle() * Vector256.Load(y);
            upper += (Avx2.ConvertToVector256Int32(w + 8) << 16).AsSingle() * Vector256.Load(y + 8);
        }

        return FloatLanes.Fold(lower, upper);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float OneOfHalves(ushort* w, float* scaled, int count)
    {
        ushort* from = w;
        Vector256<float> lower = default, upper = default;
        Vector256<ushort> largest = default;
        float* y = scaled;
        for (int left = count; left > 0; left -= 16, w += 16, y += 16)
        {
            Sse.Prefetch0(w + FloatLanes.PrefetchValues);
            largest = Vector256.Max(largest, Vector256.Load(w) & Vector256.Create((ushort)0x7FFF));
            lower += Placed(Avx2.ConvertToVector256Int32((short*)w)) * Vector256.Load(y);
            upper += Placed(Avx2.ConvertToVector256Int32((short*)w + 8)) * Vector256.Load(y + 8);
        }

        return Vector256.GreaterThanOrEqualAny(largest, Vector256.Create(FloatLanes.HalfInfinity))
            ? FloatLanes.OneOfHalves(from, scaled, count)
            : FloatLanes.Fold(lower, upper);
    }

    // Sign, exponent and fraction of a half, sign-extended, in the places of a float's.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Placed(Vector256<int> extended) =>
        ((extended << 13) & Vector256.Create(unchecked((int)0x8FFF_E000))).AsSingle();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile(float* w, long rowStride, float* y, long positionStride, int count, float* sums)
    {
        Vector256<float> l00 = default, l01 = default, l10 = default, l11 = default;
        Vector256<float> u00 = default, u01 = default, u10 = default, u11 = default;
        float* w1 = w + rowStride, y1 = y + positionStride;
        for (int i = 0; i < count; i += 16)
        {
            Vector256<float> a = Vector256.Load(w + i), b = Vector256.Load(w1 + i);
            Vector256<float> at = Vector256.Load(y + i), next = Vector256.Load(y1 + i);
            l00 += a * at; l01 += b * at; l10 += a * next; l11 += b * next;
            a = Vector256.Load(w + i + 8);
            b = Vector256.Load(w1 + i + 8);
            at = Vector256.Load(y + i + 8);
            next = Vector256.Load(y1 + i + 8);
            u00 += a * at; u01 += b * at; u10 += a * next; u11 += b * next;
        }

        sums[0] = FloatLanes.Fold(l00, u00);
        sums[1] = FloatLanes.Fold(l01, u01);
        sums[2] = FloatLanes.Fold(l10, u10);
        sums[3] = FloatLanes.Fold(l11, u11);
    }
}
