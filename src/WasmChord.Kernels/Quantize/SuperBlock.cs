using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>What the quantizers of 256-value super-blocks share.</summary>
internal static unsafe class SuperBlock
{
    /// <summary>Values per super-block (ggml's <c>QK_K</c>).</summary>
    public const int Size = 256;

    /// <summary>Groups of 16 values or fewer per super-block.</summary>
    public const int MostGroups = 16;

    /// <summary>Below this a group counts as zero (ggml's <c>GROUP_MAX_EPS</c>).</summary>
    public const float SmallestGroupMaximum = 1e-15f;

    /// <summary>
    /// Final levels of one group, against the scale and minimum as the block stores them:
    /// (x + <paramref name="min"/>) / <paramref name="scale"/> to the nearest integer, clamped to
    /// [−<paramref name="offset"/>, <paramref name="largest"/>], plus <paramref name="offset"/>. No value depends on
    /// another, so the vector path needs no care for order.
    /// </summary>
    public static void AssignLevels(
        float* x, int groupSize, float scale, float min, int largest, int offset, byte* levels, bool lanes)
    {
        if (!lanes)
        {
            for (int i = 0; i < groupSize; i++)
                levels[i] = (byte)(Math.Clamp(NearestInteger.Of((x[i] + min) / scale), -offset, largest) + offset);
            return;
        }

        Vector256<float> divisor = Vector256.Create(scale), shift = Vector256.Create(min);
        Vector256<int> bottom = Vector256.Create(-offset), top = Vector256.Create(largest);
        for (int i = 0; i < groupSize; i += 16)
        {
            Vector256<int> a = NearestInteger.Of((Vector256.Load(x + i) + shift) / divisor);
            Vector256<int> b = NearestInteger.Of((Vector256.Load(x + i + 8) + shift) / divisor);
            a = Vector256.Min(Vector256.Max(a, bottom), top) - bottom;
            b = Vector256.Min(Vector256.Max(b, bottom), top) - bottom;
            LevelBytes.Store(a, b, levels + i);
        }
    }

    /// <summary>The scale of largest magnitude with its sign, the first among equals; 0 if there is none.</summary>
    public static float Extreme(float* scales, int count)
    {
        float extreme = 0f;
        for (int g = 0; g < count; g++)
            if (MathF.Abs(scales[g]) > MathF.Abs(extreme)) extreme = scales[g];
        return extreme;
    }
}
