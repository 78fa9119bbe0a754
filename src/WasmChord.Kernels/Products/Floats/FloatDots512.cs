using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>AVX-512: the lanes are two registers; a tile is four rows by four positions.</summary>
internal readonly unsafe struct FloatDots512 : IFloatDots
{
    /// <inheritdoc/>
    public static int Rows => 4;

    /// <inheritdoc/>
    public static int Positions => 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* w, float* y, int count, float* lanes)
    {
        Vector512<float> lower = Vector512.Load(lanes), upper = Vector512.Load(lanes + 16);
        for (; count > 0; count -= 32, w += 32, y += 32)
        {
            lower += Vector512.Load(w) * Vector512.Load(y);
            upper += Vector512.Load(w + 16) * Vector512.Load(y + 16);
        }

        lower.Store(lanes);
        upper.Store(lanes + 16);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddBrains(ushort* w, float* y, int count, float* lanes)
    {
        Vector512<float> lower = Vector512.Load(lanes), upper = Vector512.Load(lanes + 16);
        for (; count > 0; count -= 32, w += 32, y += 32)
        {
            Sse.Prefetch0(w + FloatLanes.PrefetchValues);
            lower += (Avx512F.ConvertToVector512Int32(Vector256.Load(w)) << 16).AsSingle() * Vector512.Load(y);
            upper += (Avx512F.ConvertToVector512Int32(Vector256.Load(w + 16)) << 16).AsSingle() * Vector512.Load(y + 16);
        }

        lower.Store(lanes);
        upper.Store(lanes + 16);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddHalves(ushort* w, float* scaled, int count, float* lanes)
    {
        ushort* from = w;
        float* y = scaled;
        Vector512<ushort> largest = default;
        Vector512<float> lower = Vector512.Load(lanes), upper = Vector512.Load(lanes + 16);
        for (int left = count; left > 0; left -= 32, w += 32, y += 32)
        {
            Sse.Prefetch0(w + FloatLanes.PrefetchValues);
            largest = Vector512.Max(largest, Vector512.Load(w) & Vector512.Create((ushort)0x7FFF));
            lower += Placed(Avx512F.ConvertToVector512Int32(Vector256.Load((short*)w))) * Vector512.Load(y);
            upper += Placed(Avx512F.ConvertToVector512Int32(Vector256.Load((short*)w + 16))) * Vector512.Load(y + 16);
        }

        if (Vector512.GreaterThanOrEqualAny(largest, Vector512.Create(FloatLanes.HalfInfinity)))
        {
            FloatLanes.AddHalves(from, scaled, count, lanes);
            return;
        }

        lower.Store(lanes);
        upper.Store(lanes + 16);
    }

    // Sign, exponent and fraction of a half, sign-extended, in the places of a float's.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Placed(Vector512<int> extended) =>
        ((extended << 13) & Vector512.Create(unchecked((int)0x8FFF_E000))).AsSingle();

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
        float* l1 = lanes + laneStride, l2 = l1 + laneStride, l3 = l2 + laneStride;
        Vector512<float> s00 = Vector512.Load(lanes), s01 = Vector512.Load(lanes + 32);
        Vector512<float> s02 = Vector512.Load(lanes + 64), s03 = Vector512.Load(lanes + 96);
        Vector512<float> s10 = Vector512.Load(l1), s11 = Vector512.Load(l1 + 32);
        Vector512<float> s12 = Vector512.Load(l1 + 64), s13 = Vector512.Load(l1 + 96);
        Vector512<float> s20 = Vector512.Load(l2), s21 = Vector512.Load(l2 + 32);
        Vector512<float> s22 = Vector512.Load(l2 + 64), s23 = Vector512.Load(l2 + 96);
        Vector512<float> s30 = Vector512.Load(l3), s31 = Vector512.Load(l3 + 32);
        Vector512<float> s32 = Vector512.Load(l3 + 64), s33 = Vector512.Load(l3 + 96);
        float* w1 = w + rowStride, w2 = w1 + rowStride, w3 = w2 + rowStride;
        float* y1 = y + positionStride, y2 = y1 + positionStride, y3 = y2 + positionStride;
        for (int i = 0; i < count; i += 32)
        {
            Vector512<float> a = Vector512.Load(w + i), b = Vector512.Load(w1 + i);
            Vector512<float> c = Vector512.Load(w2 + i), d = Vector512.Load(w3 + i);
            Vector512<float> at = Vector512.Load(y + i);
            s00 += a * at; s01 += b * at; s02 += c * at; s03 += d * at;
            at = Vector512.Load(y1 + i);
            s10 += a * at; s11 += b * at; s12 += c * at; s13 += d * at;
            at = Vector512.Load(y2 + i);
            s20 += a * at; s21 += b * at; s22 += c * at; s23 += d * at;
            at = Vector512.Load(y3 + i);
            s30 += a * at; s31 += b * at; s32 += c * at; s33 += d * at;
        }

        s00.Store(lanes); s01.Store(lanes + 32); s02.Store(lanes + 64); s03.Store(lanes + 96);
        s10.Store(l1); s11.Store(l1 + 32); s12.Store(l1 + 64); s13.Store(l1 + 96);
        s20.Store(l2); s21.Store(l2 + 32); s22.Store(l2 + 64); s23.Store(l2 + 96);
        s30.Store(l3); s31.Store(l3 + 32); s32.Store(l3 + 64); s33.Store(l3 + 96);
    }
}
