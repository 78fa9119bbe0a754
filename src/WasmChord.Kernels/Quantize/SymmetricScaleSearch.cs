using System.Runtime.CompilerServices;

namespace WasmChord.Kernels;

/// <summary>
/// Finds the scale of a group of 16 values in <see cref="Gguf.GgmlType.Q6_K"/>: value ≈ scale × (level − 32), levels 0
/// to 63. The value of largest magnitude goes to −32 at first, then to eighteen places around it; each place's levels
/// are fitted by least squares with weights x², and the best fit wins. Source: <c>make_qx_quants</c> in ggml's
/// <c>ggml-quants.c</c>, with its first kind of error.
/// </summary>
internal static unsafe partial class SymmetricScaleSearch
{
    public const int GroupSize = 16;

    /// <summary>What is added to a signed level to store it.</summary>
    public const int Offset = 32;

    private const int LastTrial = 9;
    private const float ShiftStep = 0.1f;

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

        (float sumXL, float sumL2) = Sum(x, -Offset / extreme);
        AssignLevels(x, -Offset / extreme, levels);
        float scale = sumL2 != 0f ? sumXL / sumL2 : 0f;
        float best = scale * sumXL;
        for (int t = -LastTrial; t <= LastTrial; t++)
        {
            if (t == 0) continue;
            float inverse = -(Offset + (ShiftStep * t)) / extreme;
            (sumXL, sumL2) = Sum(x, inverse);
            if (!(sumL2 > 0f && sumXL * sumXL > best * sumL2)) continue;
            AssignLevels(x, inverse, levels);
            scale = sumXL / sumL2;
            best = scale * sumXL;
        }

        return scale;
    }

    private static (float XL, float L2) Sum(float* x, float inverse)
    {
        float sumXL = 0f, sumL2 = 0f;
        for (int i = 0; i < GroupSize; i++)
        {
            float level = Level(x[i], inverse), weight = x[i] * x[i];
            sumXL += weight * x[i] * level;
            sumL2 += weight * level * level;
        }

        return (sumXL, sumL2);
    }

    private static void AssignLevels(float* x, float inverse, byte* levels)
    {
        for (int i = 0; i < GroupSize; i++) levels[i] = (byte)(Level(x[i], inverse) + Offset);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Level(float x, float inverse) =>
        Math.Clamp(NearestInteger.Of(inverse * x), -Offset, Offset - 1);
}
