using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>
/// The head that <see cref="GgmlType.Q4_K"/> and <see cref="GgmlType.Q5_K"/> share: d and dmin (halves) at 0 and 2, and
/// at 4 twelve bytes with a six-bit scale and a six-bit minimum for each of eight groups of 32 values. Bytes 0–3 hold
/// the scales of groups 0–3, bytes 4–7 their minimums; bytes 8–11 hold the low nibbles of scale (low) and minimum
/// (high) of groups 4–7, whose upper two bits are the upper two bits of bytes 0–3 and 4–7. Source:
/// <c>get_scale_min_k4</c> in ggml's <c>ggml-quants.c</c>.
/// </summary>
internal static unsafe class SixBitScales
{
    public const int GroupSize = 32;
    private const int GroupCount = SuperBlock.Size / GroupSize;
    private const int ScalesOffset = 4;
    private const int Largest = 63;

    /// <summary>Stores the head and replaces the levels by those that fit the scales as stored.</summary>
    /// <param name="x">The 256 values.</param>
    /// <param name="scales">Eight scales.</param>
    /// <param name="mins">Eight minimums, sign turned.</param>
    /// <param name="largestLevel">15 or 31.</param>
    /// <param name="block">The block.</param>
    /// <param name="levels">256 levels; those of a group whose stored scale is zero stay.</param>
    /// <param name="lanes">True for the vector path.</param>
    public static void Store(
        float* x, float* scales, float* mins, int largestLevel, byte* block, byte* levels, bool lanes)
    {
        float largestScale = LargestOf(scales), largestMin = LargestOf(mins);
        float d = Head(block, largestScale), dMin = Head(block + 2, largestMin);
        float inverseScale = largestScale > 0 ? Largest / largestScale : 0f;
        float inverseMin = largestMin > 0 ? Largest / largestMin : 0f;
        for (int g = 0; g < GroupCount; g++)
        {
            int scale = Math.Min(Largest, (int)(byte)NearestInteger.Of(inverseScale * scales[g]));
            int min = Math.Min(Largest, (int)(byte)NearestInteger.Of(inverseMin * mins[g]));
            Pack(block + ScalesOffset, g, scale, min);

            float groupScale = d * scale;
            if (groupScale == 0f) continue;
            int at = g * GroupSize;
            SuperBlock.AssignLevels(x + at, GroupSize, groupScale, dMin * min, largestLevel, 0, levels + at, lanes);
        }
    }

    private static void Pack(byte* packed, int group, int scale, int min)
    {
        if (group < 4)
        {
            packed[group] = (byte)scale;
            packed[group + 4] = (byte)min;
            return;
        }

        packed[group + 4] = (byte)((scale & 0x0F) | ((min & 0x0F) << 4));
        packed[group - 4] |= (byte)(scale >> 4 << 6);
        packed[group] |= (byte)(min >> 4 << 6);
    }

    private static float LargestOf(float* factors)
    {
        float largest = 0f;
        for (int g = 0; g < GroupCount; g++)
            if (factors[g] > largest) largest = factors[g];
        return largest;
    }

    /// <summary>Stores the unit of a factor whose largest is given, and returns it as stored.</summary>
    private static float Head(byte* at, float largest)
    {
        ushort half = Float16.BitsFromSingle(largest / Largest);
        *(ushort*)at = half;
        return Float16.ToSingle(half);
    }
}
