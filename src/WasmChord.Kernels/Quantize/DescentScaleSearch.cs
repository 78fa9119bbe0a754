using System.Runtime.CompilerServices;

namespace WasmChord.Kernels;

/// <summary>
/// Finds the scale of a group of 16 values in <see cref="Gguf.GgmlType.Q3_K"/>: value ≈ scale × (level − 4), levels 0
/// to 7. Starting from the value of largest magnitude at −4, up to five sweeps change one level at a time to what the
/// others' scale asks for, whenever the fit by least squares with weights x² improves. Source: <c>make_q3_quants</c> in
/// ggml's <c>ggml-quants.c</c>.
/// </summary>
internal static unsafe partial class DescentScaleSearch
{
    public const int GroupSize = 16;

    /// <summary>What is added to a signed level to store it.</summary>
    public const int Offset = 4;

    private const int MostSweeps = 5;

    /// <summary>Searches all groups of one super-block.</summary>
    /// <param name="x">256 values.</param>
    /// <param name="scales">Receives sixteen scales, of either sign.</param>
    /// <param name="levels">Receives 256 levels.</param>
    /// <param name="lanes">True for the vector twin.</param>
    public static void Run(float* x, float* scales, byte* levels, bool lanes)
    {
        int step = lanes ? GroupLanes.Count : 1;
        for (int group = 0; group < SuperBlock.Size / GroupSize; group += step)
        {
            int at = group * GroupSize;
            if (lanes) EightGroups(x + at, scales + group, levels + at);
            else scales[group] = OneGroup(x + at, levels + at);
        }
    }

    [SkipLocalsInit]
    private static float OneGroup(float* x, byte* levels)
    {
        float extreme = 0f, magnitude = 0f;
        for (int i = 0; i < GroupSize; i++)
        {
            if (!(MathF.Abs(x[i]) > magnitude)) continue;
            magnitude = MathF.Abs(x[i]);
            extreme = x[i];
        }

        if (magnitude < SuperBlock.SmallestGroupMaximum)
        {
            new Span<byte>(levels, GroupSize).Clear();
            return 0f;
        }

        int* signed = stackalloc int[GroupSize];
        float inverse = -Offset / extreme, sumXL = 0f, sumL2 = 0f;
        for (int i = 0; i < GroupSize; i++)
        {
            float weight = x[i] * x[i];
            int level = Level(inverse * x[i]);
            signed[i] = level;
            sumXL += weight * x[i] * level;
            sumL2 += weight * level * level;
        }

        for (int sweep = 0; sweep < MostSweeps && Sweep(x, signed, ref sumXL, ref sumL2); sweep++)
        {
        }

        for (int i = 0; i < GroupSize; i++) levels[i] = (byte)(signed[i] + Offset);
        return sumL2 > 0f ? sumXL / sumL2 : 0f;
    }

    /// <summary>Visits every level once; true if one changed.</summary>
    private static bool Sweep(float* x, int* levels, ref float sumXL, ref float sumL2)
    {
        bool changed = false;
        for (int i = 0; i < GroupSize; i++)
        {
            float weight = x[i] * x[i];
            float withoutXL = sumXL - (weight * x[i] * levels[i]);
            if (!(withoutXL > 0f)) continue;

            float withoutL2 = sumL2 - (weight * levels[i] * levels[i]);
            int level = Level(x[i] * withoutL2 / withoutXL);
            if (level == levels[i]) continue;

            float newXL = withoutXL + (weight * x[i] * level), newL2 = withoutL2 + (weight * level * level);
            if (!(newL2 > 0f && newXL * newXL * sumL2 > sumXL * sumXL * newL2)) continue;
            (levels[i], sumXL, sumL2, changed) = (level, newXL, newL2, true);
        }

        return changed;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Level(float quotient) => Math.Clamp(NearestInteger.Of(quotient), -Offset, Offset - 1);
}
