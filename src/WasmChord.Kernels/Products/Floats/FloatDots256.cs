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
    public static void AddHalves(ushort* w, float* y, int count, bool isBrain, float* lanes)
    {
        Vector256<float> a = Vector256.Load(lanes), b = Vector256.Load(lanes + 8);
        Vector256<float> c = Vector256.Load(lanes + 16), d = Vector256.Load(lanes + 24);
        for (; count > 0; count -= 32, w += 32, y += 32)
        {
            (Vector256<float> first, Vector256<float> second) = Sixteen(w, isBrain);
            a += first * Vector256.Load(y);
            b += second * Vector256.Load(y + 8);
            (first, second) = Sixteen(w + 16, isBrain);
            c += first * Vector256.Load(y + 16);
            d += second * Vector256.Load(y + 24);
        }

        a.Store(lanes);
        b.Store(lanes + 8);
        c.Store(lanes + 16);
        d.Store(lanes + 24);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> First, Vector256<float> Second) Sixteen(ushort* w, bool isBrain)
    {
        if (isBrain)
            return ((Avx2.ConvertToVector256Int32(w) << 16).AsSingle(), (Avx2.ConvertToVector256Int32(w + 8) << 16).AsSingle());
        Vector256<int> first = Avx2.ConvertToVector256Int32((short*)w), second = Avx2.ConvertToVector256Int32((short*)w + 8);
        Vector256<ushort> magnitudes = Vector256.Load(w) & Vector256.Create((ushort)0x7FFF);
        return Vector256.GreaterThanOrEqualAny(magnitudes, Vector256.Create((ushort)0x7C00))
            ? (Lanes256.FromHalf(first), Lanes256.FromHalf(second))
            : (Finite(first), Finite(second));
    }

    // Sign and fraction move to their places, the exponent under its own; 2^112 rebases it, exactly, subnormals too.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Finite(Vector256<int> extended) =>
        ((extended << 13) & Vector256.Create(unchecked((int)0x8FFF_E000))).AsSingle() * Vector256.Create(FloatLanes.HalfBase);

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
