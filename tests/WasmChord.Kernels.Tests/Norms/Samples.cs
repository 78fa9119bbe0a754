namespace WasmChord.Kernels.Tests;

/// <summary>Floats of a seed, and buffers off any alignment whose ends are watched.</summary>
internal static unsafe class Samples
{
    private const float Guard = 1234.5f;

    public delegate void Body(float* values);

    /// <summary>Every path; the twins of floats are portable, so each runs everywhere, if slowly.</summary>
    public static KernelPath[] Paths { get; } = Enum.GetValues<KernelPath>();

    /// <summary>Gaussian values.</summary>
    public static float[] Gaussian(int count, int seed, double deviation = 1)
    {
        Random random = new(seed);
        var values = new float[count];
        for (int i = 0; i < count; i++)
            values[i] = (float)(deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        return values;
    }

    /// <summary>Works on a copy that starts one float off; fails if a neighbour changes.</summary>
    public static float[] On(ReadOnlySpan<float> values, Body body)
    {
        float[] room = [Guard, .. values, Guard];
        fixed (float* start = room) body(start + 1);
        Assert.Equal(Guard, room[0]);
        Assert.Equal(Guard, room[^1]);
        return room[1..^1];
    }

    /// <summary>Fails at the first value whose bits differ; all NaNs are one.</summary>
    public static void AssertSameBits(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            bool isSame = BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(actual[i])
                || (float.IsNaN(expected[i]) && float.IsNaN(actual[i]));
            if (!isSame) Assert.Fail($"{what}: value {i} is {actual[i]:R}, expected {expected[i]:R}");
        }
    }

    /// <summary>Fails at the first value that is further off than <paramref name="tolerance"/>.</summary>
    public static void AssertClose(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            if (!(Math.Abs(expected[i] - actual[i]) <= tolerance))
                Assert.Fail($"{what}: value {i} is {actual[i]:R}, expected {expected[i]:R} within {tolerance:R}");
    }
}
