using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>AVX-512: the sixteen lanes are one register; a tile is four rows by four positions.</summary>
internal readonly unsafe struct FloatDots512 : IFloatDots
{
    /// <inheritdoc/>
    public static int Rows => 4;

    /// <inheritdoc/>
    public static int Positions => 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float One(float* w, float* y, int count)
    {
        Vector512<float> sum = Vector512<float>.Zero;
        for (; count >= 16; count -= 16, w += 16, y += 16) sum += Vector512.Load(w) * Vector512.Load(y);
        if (count == 0) return Fold(sum);
        float* lanes = stackalloc float[FloatLanes.Count];
        sum.Store(lanes);
        return FloatLanes.Finish(lanes, w, y, count);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float OneOfBrains(ushort* w, float* y, int count)
    {
        Vector512<float> sum = default;
        for (; count > 0; count -= 32, w += 32, y += 32)
        {
            Sse.Prefetch0(w + FloatLanes.PrefetchValues);
            sum += (Avx512F.ConvertToVector512Int32(Vector256.Load(w)) << 16).AsSingle() * Vector512.Load(y);
            sum += (Avx512F.ConvertToVector512Int32(Vector256.Load(w + 16)) << 16).AsSingle() * Vector512.Load(y + 16);
        }

        return Fold(sum);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float OneOfHalves(ushort* w, float* scaled, int count)
    {
        ushort* from = w;
        Vector512<float> sum = default;
        Vector512<ushort> largest = default;
        float* y = scaled;
        for (int left = count; left > 0; left -= 32, w += 32, y += 32)
        {
            Sse.Prefetch0(w + FloatLanes.PrefetchValues);
            largest = Vector512.Max(largest, Vector512.Load(w) & Vector512.Create((ushort)0x7FFF));
            sum += Placed(Avx512F.ConvertToVector512Int32(Vector256.Load((short*)w))) * Vector512.Load(y);
            sum += Placed(Avx512F.ConvertToVector512Int32(Vector256.Load((short*)w + 16))) * Vector512.Load(y + 16);
        }

        return Vector512.GreaterThanOrEqualAny(largest, Vector512.Create(FloatLanes.HalfInfinity))
            ? FloatLanes.OneOfHalves(from, scaled, count)
            : Fold(sum);
    }

    // Sign, exponent and fraction of a half, sign-extended, in the places of a float's.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Placed(Vector512<int> extended) =>
        ((extended << 13) & Vector512.Create(unchecked((int)0x8FFF_E000))).AsSingle();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile(float* w, long rowStride, float* y, long positionStride, int count, float* sums)
    {
        Vector512<float> s00 = default, s01 = default, s02 = default, s03 = default;
        Vector512<float> s10 = default, s11 = default, s12 = default, s13 = default;
        Vector512<float> s20 = default, s21 = default, s22 = default, s23 = default;
        Vector512<float> s30 = default, s31 = default, s32 = default, s33 = default;
        float* w1 = w + rowStride, w2 = w1 + rowStride, w3 = w2 + rowStride;
        float* y1 = y + positionStride, y2 = y1 + positionStride, y3 = y2 + positionStride;
        for (int i = 0; i < count; i += 16)
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

        sums[0] = Fold(s00); sums[1] = Fold(s01); sums[2] = Fold(s02); sums[3] = Fold(s03);
        sums[4] = Fold(s10); sums[5] = Fold(s11); sums[6] = Fold(s12); sums[7] = Fold(s13);
        sums[8] = Fold(s20); sums[9] = Fold(s21); sums[10] = Fold(s22); sums[11] = Fold(s23);
        sums[12] = Fold(s30); sums[13] = Fold(s31); sums[14] = Fold(s32); sums[15] = Fold(s33);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Fold(Vector512<float> sum) => FloatLanes.Fold(sum.GetLower(), sum.GetUpper());
}
