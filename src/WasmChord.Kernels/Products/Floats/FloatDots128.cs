using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Portable 128-bit vectors: the lanes are eight registers; a tile is one row by two positions.</summary>
internal readonly unsafe struct FloatDots128 : IFloatDots
{
    /// <inheritdoc/>
    public static int Rows => 1;

    /// <inheritdoc/>
    public static int Positions => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* w, float* y, int count, float* lanes)
    {
        Vector128<float> a = Vector128.Load(lanes), b = Vector128.Load(lanes + 4), c = Vector128.Load(lanes + 8), d = Vector128.Load(lanes + 12);
        Vector128<float> e = Vector128.Load(lanes + 16), f = Vector128.Load(lanes + 20), g = Vector128.Load(lanes + 24), h = Vector128.Load(lanes + 28);
        for (; count > 0; count -= 32, w += 32, y += 32)
        {
            a += Vector128.Load(w) * Vector128.Load(y);
            b += Vector128.Load(w + 4) * Vector128.Load(y + 4);
            c += Vector128.Load(w + 8) * Vector128.Load(y + 8);
            d += Vector128.Load(w + 12) * Vector128.Load(y + 12);
            e += Vector128.Load(w + 16) * Vector128.Load(y + 16);
            f += Vector128.Load(w + 20) * Vector128.Load(y + 20);
            g += Vector128.Load(w + 24) * Vector128.Load(y + 24);
            h += Vector128.Load(w + 28) * Vector128.Load(y + 28);
        }

        a.Store(lanes);
        b.Store(lanes + 4);
        c.Store(lanes + 8);
        d.Store(lanes + 12);
        e.Store(lanes + 16);
        f.Store(lanes + 20);
        g.Store(lanes + 24);
        h.Store(lanes + 28);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddBrains(ushort* w, float* y, int count, float* lanes)
    {
        Vector128<float> a = Vector128.Load(lanes), b = Vector128.Load(lanes + 4), c = Vector128.Load(lanes + 8), d = Vector128.Load(lanes + 12);
        Vector128<float> e = Vector128.Load(lanes + 16), f = Vector128.Load(lanes + 20), g = Vector128.Load(lanes + 24), h = Vector128.Load(lanes + 28);
        for (; count > 0; count -= 32, w += 32, y += 32)
        {
            (Vector128<uint> first, Vector128<uint> second) = Vector128.Widen(Vector128.Load(w));
            a += (first << 16).AsSingle() * Vector128.Load(y);
            b += (second << 16).AsSingle() * Vector128.Load(y + 4);
            (Vector128<uint> third, Vector128<uint> fourth) = Vector128.Widen(Vector128.Load(w + 8));
            c += (third << 16).AsSingle() * Vector128.Load(y + 8);
            d += (fourth << 16).AsSingle() * Vector128.Load(y + 12);
            (first, second) = Vector128.Widen(Vector128.Load(w + 16));
            e += (first << 16).AsSingle() * Vector128.Load(y + 16);
            f += (second << 16).AsSingle() * Vector128.Load(y + 20);
            (third, fourth) = Vector128.Widen(Vector128.Load(w + 24));
            g += (third << 16).AsSingle() * Vector128.Load(y + 24);
            h += (fourth << 16).AsSingle() * Vector128.Load(y + 28);
        }

        a.Store(lanes);
        b.Store(lanes + 4);
        c.Store(lanes + 8);
        d.Store(lanes + 12);
        e.Store(lanes + 16);
        f.Store(lanes + 20);
        g.Store(lanes + 24);
        h.Store(lanes + 28);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddHalves(ushort* w, float* scaled, int count, float* lanes)
    {
        ushort* from = w;
        float* y = scaled;
        Vector128<ushort> largest = default, magnitudes = Vector128.Create((ushort)0x7FFF);
        Vector128<float> a = Vector128.Load(lanes), b = Vector128.Load(lanes + 4), c = Vector128.Load(lanes + 8), d = Vector128.Load(lanes + 12);
        Vector128<float> e = Vector128.Load(lanes + 16), f = Vector128.Load(lanes + 20), g = Vector128.Load(lanes + 24), h = Vector128.Load(lanes + 28);
        for (int left = count; left > 0; left -= 32, w += 32, y += 32)
        {
            for (int i = 0; i < 32; i += 8) largest = Vector128.Max(largest, Vector128.Load(w + i) & magnitudes);
            (Vector128<int> first, Vector128<int> second) = Vector128.Widen(Vector128.Load(w).AsInt16());
            a += Placed(first) * Vector128.Load(y);
            b += Placed(second) * Vector128.Load(y + 4);
            (Vector128<int> third, Vector128<int> fourth) = Vector128.Widen(Vector128.Load(w + 8).AsInt16());
            c += Placed(third) * Vector128.Load(y + 8);
            d += Placed(fourth) * Vector128.Load(y + 12);
            (first, second) = Vector128.Widen(Vector128.Load(w + 16).AsInt16());
            e += Placed(first) * Vector128.Load(y + 16);
            f += Placed(second) * Vector128.Load(y + 20);
            (third, fourth) = Vector128.Widen(Vector128.Load(w + 24).AsInt16());
            g += Placed(third) * Vector128.Load(y + 24);
            h += Placed(fourth) * Vector128.Load(y + 28);
        }

        if (Vector128.GreaterThanOrEqualAny(largest, Vector128.Create(FloatLanes.HalfInfinity)))
        {
            FloatLanes.AddHalves(from, scaled, count, lanes);
            return;
        }

        a.Store(lanes);
        b.Store(lanes + 4);
        c.Store(lanes + 8);
        d.Store(lanes + 12);
        e.Store(lanes + 16);
        f.Store(lanes + 20);
        g.Store(lanes + 24);
        h.Store(lanes + 28);
    }

    // Sign, exponent and fraction of a half, sign-extended, in the places of a float's.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Placed(Vector128<int> extended) =>
        ((extended << 13) & Vector128.Create(unchecked((int)0x8FFF_E000))).AsSingle();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile(
        float* w, long rowStride, float* y, long positionStride, int count, float* lanes, long laneStride)
    {
        // One half of the lanes after the other: registers hold no more.
        for (int half = 0; half < 32; half += 16, lanes += 16)
            Half(w + half, rowStride, y + half, positionStride, count, lanes, laneStride);
    }

    // Lanes 0 to 15 of values that lie 32 apart.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Half(
        float* w, long rowStride, float* y, long positionStride, int count, float* lanes, long laneStride)
    {
        float* next = lanes + laneStride;
        Vector128<float> a0 = Vector128.Load(lanes), b0 = Vector128.Load(lanes + 4);
        Vector128<float> c0 = Vector128.Load(lanes + 8), d0 = Vector128.Load(lanes + 12);
        Vector128<float> a1 = Vector128.Load(next), b1 = Vector128.Load(next + 4);
        Vector128<float> c1 = Vector128.Load(next + 8), d1 = Vector128.Load(next + 12);
        float* y1 = y + positionStride;
        for (int i = 0; i < count; i += 32)
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

        a0.Store(lanes);
        b0.Store(lanes + 4);
        c0.Store(lanes + 8);
        d0.Store(lanes + 12);
        a1.Store(next);
        b1.Store(next + 4);
        c1.Store(next + 8);
        d1.Store(next + 12);
    }
}
