using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>AVX2: the lanes are four registers; a tile is two rows by two positions.</summary>
internal readonly unsafe struct FloatDots256 : IFloatDots
{
    /// <inheritdoc/>
    public static int Rows => 2;

    /// <inheritdoc/>
    public static int Positions => 2;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* w, float* y, int count, float* lanes)
    {
        Vector256<float> a = Vector256.Load(lanes), b = Vector256.Load(lanes + 8);
        Vector256<float> c = Vector256.Load(lanes + 16), d = Vector256.Load(lanes + 24);
        for (; count > 0; count -= 32, w += 32, y += 32)
        {
            a += Vector256.Load(w) * Vector256.Load(y);
            b += Vector256.Load(w + 8) * Vector256.Load(y + 8);
            c += Vector256.Load(w + 16) * Vector256.Load(y + 16);
            d += Vector256.Load(w + 24) * Vector256.Load(y + 24);
        }

        a.Store(lanes);
        b.Store(lanes + 8);
        c.Store(lanes + 16);
        d.Store(lanes + 24);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddBrains(ushort* w, float* y, int count, float* lanes)
    {
        Vector256<float> a = Vector256.Load(lanes), b = Vector256.Load(lanes + 8);
        Vector256<float> c = Vector256.Load(lanes + 16), d = Vector256.Load(lanes + 24);
        for (; count > 0; count -= 32, w += 32, y += 32)
        {
            Sse.Prefetch0(w + FloatLanes.PrefetchValues);
            a += (Avx2.ConvertToVector256Int32(w) << 16).AsSingle() * Vector256.Load(y);
            b += (Avx2.ConvertToVector256Int32(w + 8) << 16).AsSingle() * Vector256.Load(y + 8);
            c += (Avx2.ConvertToVector256Int32(w + 16) << 16).AsSingle() * Vector256.Load(y + 16);
            d += (Avx2.ConvertToVector256Int32(w + 24) << 16).AsSingle() * Vector256.Load(y + 24);
        }

        a.Store(lanes);
        b.Store(lanes + 8);
        c.Store(lanes + 16);
        d.Store(lanes + 24);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddHalves(ushort* w, float* scaled, int count, float* lanes)
    {
        ushort* from = w;
        float* y = scaled;
        Vector256<ushort> largest = default, magnitudes = Vector256.Create((ushort)0x7FFF);
        Vector256<float> a = Vector256.Load(lanes), b = Vector256.Load(lanes + 8);
        Vector256<float> c = Vector256.Load(lanes + 16), d = Vector256.Load(lanes + 24);
        for (int left = count; left > 0; left -= 32, w += 32, y += 32)
        {
            Sse.Prefetch0(w + FloatLanes.PrefetchValues);
            largest = Vector256.Max(largest, Vector256.Load(w) & magnitudes);
            largest = Vector256.Max(largest, Vector256.Load(w + 16) & magnitudes);
            a += Placed(Avx2.ConvertToVector256Int32((short*)w)) * Vector256.Load(y);
            b += Placed(Avx2.ConvertToVector256Int32((short*)w + 8)) * Vector256.Load(y + 8);
            c += Placed(Avx2.ConvertToVector256Int32((short*)w + 16)) * Vector256.Load(y + 16);
            d += Placed(Avx2.ConvertToVector256Int32((short*)w + 24)) * Vector256.Load(y + 24);
        }

        if (Vector256.GreaterThanOrEqualAny(largest, Vector256.Create(FloatLanes.HalfInfinity)))
        {
            FloatLanes.AddHalves(from, scaled, count, lanes);
            return;
        }

        a.Store(lanes);
        b.Store(lanes + 8);
        c.Store(lanes + 16);
        d.Store(lanes + 24);
    }

    // Sign, exponent and fraction of a half, sign-extended, in the places of a float's.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Placed(Vector256<int> extended) =>
        ((extended << 13) & Vector256.Create(unchecked((int)0x8FFF_E000))).AsSingle();

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
        float* nextLanes = lanes + laneStride;
        Vector256<float> l00 = Vector256.Load(lanes), u00 = Vector256.Load(lanes + 8);
        Vector256<float> l01 = Vector256.Load(lanes + 32), u01 = Vector256.Load(lanes + 40);
        Vector256<float> l10 = Vector256.Load(nextLanes), u10 = Vector256.Load(nextLanes + 8);
        Vector256<float> l11 = Vector256.Load(nextLanes + 32), u11 = Vector256.Load(nextLanes + 40);
        float* w1 = w + rowStride, y1 = y + positionStride;
        for (int i = 0; i < count; i += 32)
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

        l00.Store(lanes);
        u00.Store(lanes + 8);
        l01.Store(lanes + 32);
        u01.Store(lanes + 40);
        l10.Store(nextLanes);
        u10.Store(nextLanes + 8);
        l11.Store(nextLanes + 32);
        u11.Store(nextLanes + 40);
    }
}
