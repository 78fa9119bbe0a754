namespace WasmChord.Kernels.Tests;

public unsafe class RopeTests
{
    public static TheoryData<int, int, int> Shapes => new()
    {
        // heads, head dim, dimensions that turn
        { 1, 8, 8 }, { 3, 16, 16 }, { 4, 64, 64 }, { 5, 80, 32 }, { 2, 96, 96 }, { 32, 128, 128 }, { 2, 128, 100 }, { 2, 256, 64 }, { 3, 9, 6 }, { 2, 40, 38 },
    };

    [Theory]
    [InlineData(10_000f, 1f, 128)]
    [InlineData(500_000f, 1f, 128)]
    [InlineData(1_000_000f, 0.25f, 64)]
    public void Angles_AtEveryPosition_AreNearTheExactOnes(float frequencyBase, float scale, int dimensions)
    {
        // The iterated product and the angle itself are floats: the first pairs of far positions carry their rounding.
        foreach (int position in new[] { 0, 1, 2, 17, 511, 4095, 8191 })
        {
            var cosSin = new float[dimensions];
            Rope.Angles(new RopeScaling(dimensions, frequencyBase, scale), [], position, cosSin);
            for (int i = 0; i < dimensions / 2; i++)
            {
                double theta = scale * position * Math.Pow(frequencyBase, -2.0 * i / dimensions);
                double tolerance = 1e-7 + theta * 6e-8 * (i + 2);
                Assert.True(Math.Abs(cosSin[2 * i] - Math.Cos(theta)) <= tolerance, $"cosine {i} of position {position}");
                Assert.True(Math.Abs(cosSin[2 * i + 1] - Math.Sin(theta)) <= tolerance, $"sine {i} of position {position}");
            }
        }
    }

    [Fact]
    public void Angles_WithFactors_AreDividedByThem()
    {
        float[] factors = [1, 2, 4, 8], cosSin = new float[8];
        Rope.Angles(new RopeScaling(8, 10_000), factors, 5, cosSin);
        for (int i = 0; i < 4; i++)
        {
            double theta = 5 * Math.Pow(10, -i) / factors[i];
            Assert.Equal(Math.Cos(theta), cosSin[2 * i], 1e-6);
            Assert.Equal(Math.Sin(theta), cosSin[2 * i + 1], 1e-6);
        }
    }

    [Fact]
    public void Angles_WithYarn_AreTheRampOfThePaper()
    {
        // 64 dimensions, base 10,000, context 4,096 stretched four times: dimension d = 64 · ln(4096 / (2π · r)) / (2 ln 10000)
        // is 10.46 for r = 32, floor 10, and 22.51 for r = 1, ceiling 23.
        RopeScaling scaling = new(64, 10_000, 0.25f, 1, 1, 32, 1, 4096);
        var cosSin = new float[64];
        Rope.Angles(scaling, [], 777, cosSin);
        double magnitude = 1 + 0.1 * Math.Log(4);
        for (int i = 0; i < 32; i++)
        {
            double ramp = Math.Clamp((i - 10) / 13.0, 0, 1), unscaled = 777 * Math.Pow(10_000, -2.0 * i / 64);
            double theta = unscaled * (1 - ramp) + unscaled / 4 * ramp;
            Assert.Equal(magnitude * Math.Cos(theta), cosSin[2 * i], 3e-4);
            Assert.Equal(magnitude * Math.Sin(theta), cosSin[2 * i + 1], 3e-4);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Rotate_EveryShape_IsTheRotationOfEachPair(int heads, int headDim, int dimensions)
    {
        foreach (RopePairing pairing in Enum.GetValues<RopePairing>())
        {
            float[] x = Samples.Gaussian(heads * headDim, 1), cosSin = Samples.Gaussian(dimensions, 2), turned = [.. x];
            Rope.Rotate(turned, headDim, cosSin, pairing);
            double[] expected = [.. x.Select(v => (double)v)];
            for (int h = 0; h < heads; h++)
            {
                for (int i = 0; i < dimensions / 2; i++)
                {
                    int first = h * headDim + (pairing == RopePairing.Interleaved ? 2 * i : i);
                    int second = pairing == RopePairing.Interleaved ? first + 1 : first + dimensions / 2;
                    expected[first] = (double)x[first] * cosSin[2 * i] - (double)x[second] * cosSin[2 * i + 1];
                    expected[second] = (double)x[first] * cosSin[2 * i + 1] + (double)x[second] * cosSin[2 * i];
                }
            }

            Samples.AssertClose(expected, turned, 1e-6, $"{pairing}");
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Rotate_OnEveryPath_HasTheBitsOfTheScalar(int heads, int headDim, int dimensions)
    {
        float[] x = Samples.Gaussian(heads * headDim, 3), cosSin = Samples.Gaussian(dimensions, 4);
        foreach (RopePairing pairing in Enum.GetValues<RopePairing>())
        {
            float[] expected = Run(KernelPath.Scalar);
            foreach (KernelPath path in Samples.Paths) Samples.AssertSameBits(expected, Run(path), $"{pairing} on {path}");

            float[] Run(KernelPath path) => Samples.On(x, values =>
            {
                fixed (float* angles = cosSin) RopeKernel.Run(path, pairing, values, heads, headDim, angles, dimensions / 2);
            });
        }
    }

    [Fact]
    public void Rotate_HeadsTogether_HasTheBitsOfHeadByHead()
    {
        float[] together = Samples.Gaussian(6 * 64, 5), apart = [.. together], cosSin = Samples.Gaussian(64, 6);
        Rope.Rotate(together, 64, cosSin, RopePairing.SplitHalf);
        for (int h = 0; h < 6; h++) Rope.Rotate(apart.AsSpan(h * 64, 64), 64, cosSin, RopePairing.SplitHalf);
        Samples.AssertSameBits(apart, together, "heads");
    }

    [Fact]
    public void BadShapes_AreRefusedWithTheNumbers()
    {
        Assert.StartsWith("10 values are not heads of 4", Refusal(() => Rope.Rotate(new float[10], 4, new float[4], RopePairing.SplitHalf)));
        Assert.StartsWith("8 values are not heads of 4 with 6 that turn", Refusal(() => Rope.Rotate(new float[8], 4, new float[6], RopePairing.SplitHalf)));
        Assert.StartsWith("8 values are not heads of 4 with 3 that turn", Refusal(() => Rope.Rotate(new float[8], 4, new float[3], RopePairing.Interleaved)));
        Assert.StartsWith("7 values of a head cannot turn", Refusal(() => Rope.Angles(new RopeScaling(7, 10_000), [], 0, new float[6])));
        Assert.StartsWith("4 pairs, 3 factors and room for 8", Refusal(() => Rope.Angles(new RopeScaling(8, 10_000), new float[3], 0, new float[8])));
        Assert.StartsWith("a base of 0 scaled by 1", Refusal(() => Rope.Angles(new RopeScaling(8, 0), [], 0, new float[8])));
        Assert.StartsWith("YaRN from an original context of 0", Refusal(() => Rope.Angles(new RopeScaling(8, 10_000, 0.5f, 1), [], 0, new float[8])));
        Assert.Throws<ArgumentOutOfRangeException>(() => Rope.Angles(new RopeScaling(8, 10_000), [], -1, new float[8]));

        static string Refusal(Action act) => Assert.ThrowsAny<ArgumentException>(act).Message;
    }
}
