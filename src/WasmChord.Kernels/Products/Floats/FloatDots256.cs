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
    public static float OneOfHalves(ushort* w, float* y, int count, bool isBrain)
    {
        Vector256<float> lower = default, upper = default;
        for (; count > 0; count -= 16, w += 16, y += 16)
        {
            Vector256<float> first, second;
            if (isBrain)
            {
                first = (Avx2.ConvertToVector256Int32(w) << 16).AsSingle();
                second = (Avx2.ConvertToVector256Int32(w + 8) << 16).AsSingle();
            }
            else if (Vector256.GreaterThanOrEqualAny(Vector256.Load(w) & Vector256.Create((ushort)0x7FFF), Vector256.Create((ushort)0x7C00)))
            {
                first = Lanes256.FromHalf(Avx2.ConvertToVector256Int32((short*)w));
                second = Lanes256.FromHalf(Avx2.ConvertToVector256Int32((short*)w + 8));
            }
            else
            {
                first = Finite(Avx2.ConvertToVector256Int32((short*)w));
                second = Finite(Avx2.ConvertToVector256Int32((short*)w + 8));
            }

            lower += first * Vector256.Load(y);
            upper += second * Vector256.Load(y + 8);
        }

        return FloatLanes.Fold(lower, upper);
    }

    // Sign and fraction move to their places, the exponent under its own; 2^112 rebases it, exactly, subnormals too.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Finite(Vector256<int> extended) =>
        ((extended << 13) & Vector256.Create(unchecked((int)0x8FFF_E000))).AsSingle() * Vector256.Create(FloatLanes.HalfBase);

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
