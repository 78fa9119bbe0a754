using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Portable 128-bit vectors: the sixteen lanes are four registers; a tile is one row by two positions.</summary>
internal readonly unsafe struct FloatDots128 : IFloatDots
{
    /// <inheritdoc/>
    public static int Rows => 1;

    /// <inheritdoc/>
    public static int Positions => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float One(float* w, float* y, int count)
    {
        Vector128<float> a = default, b = default, c = default, d = default;
        for (; count >= 16; count -= 16, w += 16, y += 16)
        {
            a += Vector128.Load(w) * Vector128.Load(y);
            b += Vector128.Load(w + 4) * Vector128.Load(y + 4);
            c += Vector128.Load(w + 8) * Vector128.Load(y + 8);
            d += Vector128.Load(w + 12) * Vector128.Load(y + 12);
        }

        if (count == 0) return FloatLanes.Fold((a + c) + (b + d));
        float* lanes = stackalloc float[FloatLanes.Count];
        a.Store(lanes);
        b.Store(lanes + 4);
        c.Store(lanes + 8);
        d.Store(lanes + 12);
        return FloatLanes.Finish(lanes, w, y, count);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float OneOfBrains(ushort* w, float* y, int count)
    {
        Vector128<float> a = default, b = default, c = default, d = default;
        for (; count > 0; count -= 16, w += 16, y += 16)
        {
            (Vector128<uint> first, Vector128<uint> second) = Vector128.Widen(Vector128.Load(w));
            (Vector128<uint> third, Vector128<uint> fourth) = Vector128.Widen(Vector128.Load(w + 8));
            a += (first << 16).AsSingle() * Vector128.Load(y);
            b += (second << 16).AsSingle() * Vector128.Load(y + 4);
            c += (third << 16).AsSingle() * Vector128.Load(y + 8);
            d += (fourth << 16).AsSingle() * Vector128.Load(y + 12);
        }

        return FloatLanes.Fold((a + c) + (b + d));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float OneOfHalves(ushort* w, float* scaled, int count)
    {
        ushort* from = w;
        Vector128<float> a = default, b = default, c = default, d = default;
        Vector128<ushort> largest = default;
        float* y = scaled;
        for (int left = count; left > 0; left -= 16, w += 16, y += 16)
        {
            Vector128<ushort> lower = Vector128.Load(w), upper = Vector128.Load(w + 8);
            Vector128<ushort> magnitudes = Vector128.Create((ushort)0x7FFF);
            largest = Vector128.Max(largest, Vector128.Max(lower & magnitudes, upper & magnitudes));
            (Vector128<int> first, Vector128<int> second) = Vector128.Widen(lower.AsInt16());
            (Vector128<int> third, Vector128<int> fourth) = Vector128.Widen(upper.AsInt16());
            a += Placed(first) * Vector128.Load(y);
            b += Placed(second) * Vector128.Load(y + 4);
            c += Placed(third) * Vector128.Load(y + 8);
            d += Placed(fourth) * Vector128.Load(y + 12);
        }

        return Vector128.GreaterThanOrEqualAny(largest, Vector128.Create(FloatLanes.HalfInfinity))
            ? FloatLanes.OneOfHalves(from, scaled, count)
            : FloatLanes.Fold((a + c) + (b + d));
    }

    // Sign, exponent and fraction of a half, sign-extended, in the places of a float's.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Placed(Vector128<int> extended) =>
        ((extended << 13) & Vector128.Create(unchecked((int)0x8FFF_E000))).AsSingle();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile(float* w, long rowStride, float* y, long positionStride, int count, float* sums)
    {
        Vector128<float> a0 = default, b0 = default, c0 = default, d0 = default;
        Vector128<float> a1 = default, b1 = default, c1 = default, d1 = default;
        float* y1 = y + positionStride;
        for (int i = 0; i < count; i += 16)
        {
            Vector128<float> a = Vector128.Load(w + i), b = Vector128.Load(w + i + 4);
            Vector128<float> c = Vector128.Load(w + i + 8), d = Vector128.Load(w + i + 12);
            a0 += a * Vector128.Load(y + i);
            b0 += b * Vector128.Load(y + i + 4);
            c0 += c * Vector128.Load(y + i + 8);
            d0 += d * Vector128.Load(y + i + 12);
            a1 += a * Vector128.Load(y1 + i);
            b1 += b * Vector128.Load(y1 + i + 4);
            c1 += c * Vector128.Load(y1 + i + 8);
            d1 += d * Vector128.Load(y1 + i + 12);
        }

        sums[0] = FloatLanes.Fold((a0 + c0) + (b0 + d0));
        sums[1] = FloatLanes.Fold((a1 + c1) + (b1 + d1));
    }
}
