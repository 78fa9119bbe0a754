namespace WasmChord.Kernels.Tests.Quantize;

/// <summary>Seeded values of several kinds for the quantizers.</summary>
internal static class QuantizerSamples
{
    /// <summary>Names of the kinds that <see cref="Make"/> knows, all of finite values.</summary>
    public static readonly string[] Kinds =
    [
        "gaussian", "uniform", "positive", "negative", "constant", "zero", "signed-zeros", "sparse", "outliers", "ramp",
        "two-values", "mixed-scales", "small", "tiny", "denormal", "large", "huge", "extreme",
    ];

    /// <summary>
    /// Makes <paramref name="count"/> values; the parameter of constant kinds changes every 256 values.
    /// </summary>
    public static float[] Make(string kind, int count, int seed = 1)
    {
        var random = new Random(seed);
        var values = new float[count];
        double parameter = 0;
        for (int i = 0; i < count; i++)
        {
            if (i % 256 == 0) parameter = Gaussian(random);
            values[i] = (float)(kind switch
            {
                "gaussian" => Gaussian(random),
                "uniform" => (random.NextDouble() * 2) - 1,
                "positive" => Math.Abs(Gaussian(random)),
                "negative" => -Math.Abs(Gaussian(random)),
                "constant" => parameter,
                "zero" => 0.0,
                "signed-zeros" => random.Next(2) == 0 ? 0.0 : -0.0,
                "sparse" => random.Next(10) == 0 ? Gaussian(random) : 0,
                "outliers" => random.Next(60) == 0 ? 50 * Gaussian(random) : Gaussian(random),
                "ramp" => (i % 256) - 128,
                "two-values" => random.Next(2) == 0 ? parameter : -parameter,
                "mixed-scales" => Gaussian(random) * Math.Pow(10, (i / 16 % 7) - 4),
                "small" => 1e-6 * Gaussian(random),
                "tiny" => 1e-20 * Gaussian(random),
                "denormal" => 1e-40 * Gaussian(random),
                "large" => 1e4 * Gaussian(random),
                "huge" => 1e15 * Gaussian(random),
                "extreme" => random.Next(2) == 0 ? float.MaxValue : float.MinValue,
                _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "unknown kind"),
            });
        }

        return values;
    }

    /// <summary>
    /// Values about zero with a standard deviation of 0.29 that any language makes alike: sums of four 16-bit numbers
    /// of Marsaglia's xorshift32, scaled by a power of two.
    /// </summary>
    public static float[] Portable(int count)
    {
        uint state = 2_463_534_242;
        var values = new float[count];
        for (int i = 0; i < count; i++)
        {
            int sum = -131_070;
            for (int part = 0; part < 4; part++)
            {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                sum += (int)(state >> 16);
            }

            values[i] = sum / 131_072f;
        }

        return values;
    }

    private static double Gaussian(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
