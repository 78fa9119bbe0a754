using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>
/// The common end of float dot products, in the order of ggml built for AVX without fused multiply-add (<c>vec.cpp</c>):
/// 32 lanes fold upper half onto lower down to four, which are added as neighbours, or for BF16 halves again. The values
/// of a row past its last 32 follow one after another, those of halves in double precision.
/// </summary>
internal static unsafe class FloatLanes
{
    /// <summary>Lanes that values are dealt to.</summary>
    internal const int Count = 32;

    /// <summary>2^112: what the exponents of halves and floats differ by.</summary>
    internal const float HalfBase = 5192296858534827628530496329220096f;

    /// <summary>How far ahead of use halves are asked for: 1 KiB. Rows end, and hardware starts anew on each page.</summary>
    internal const int PrefetchValues = 512;

    /// <summary>Magnitudes of halves from here on are infinite or NaN.</summary>
    internal const ushort HalfInfinity = 0x7C00;

    /// <summary>As <see cref="IFloatDots.AddHalves"/>, for any weights: the reference, and what few rows need.</summary>
    internal static void AddHalves(ushort* w, float* scaled, int count, float* lanes)
    {
        for (int i = 0; i < count; i++) lanes[i & (Count - 1)] += Float16.ToSingle(w[i]) * Float16.Lowered * scaled[i];
    }

    /// <summary>Folds the lanes and adds what is left of the row.</summary>
    /// <param name="activationType">F32, F16 or BF16: the order.</param>
    /// <param name="lanes">(32).</param>
    /// <param name="w">(count), fewer than 32.</param>
    /// <param name="y">(count).</param>
    /// <param name="count">Values left.</param>
    internal static float Finish(GgmlType activationType, float* lanes, float* w, float* y, int count)
    {
        Vector128<float> four = Four(lanes);
        float sum = activationType == GgmlType.BF16
            ? (four[0] + four[2]) + (four[1] + four[3])
            : (four[0] + four[1]) + (four[2] + four[3]);
        if (activationType == GgmlType.F32)
        {
            for (int i = 0; i < count; i++) sum += w[i] * y[i];
            return sum;
        }

        double total = sum;
        for (int i = 0; i < count; i++) total += w[i] * y[i];
        return (float)total;
    }

    // Lanes l and l + 16, then l and l + 8, then l and l + 4.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Four(float* lanes)
    {
        Vector256<float> first = Vector256.Load(lanes) + Vector256.Load(lanes + 16);
        Vector256<float> second = Vector256.Load(lanes + 8) + Vector256.Load(lanes + 24);
        Vector256<float> eight = first + second;
        return eight.GetLower() + eight.GetUpper();
    }
}
