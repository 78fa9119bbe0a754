using WasmChord.Gguf;

namespace WasmChord.Kernels.Tests.Quantize;

/// <summary>How much the round trip loses, by kind of values.</summary>
public class QuantizerErrorTests
{
    private const int Count = 64 * 256;

    /// <summary>
    /// Limits of the relative error: a tenth above what was measured for gaussian values. Uniform values fill their
    /// range better and lose less.
    /// </summary>
    public static TheoryData<GgmlType, double> Limits => new()
    {
        { GgmlType.F16, 3e-4 }, { GgmlType.BF16, 2.5e-3 },
        { GgmlType.Q4_0, 0.090 }, { GgmlType.Q4_1, 0.088 }, { GgmlType.Q5_0, 0.048 }, { GgmlType.Q5_1, 0.043 },
        { GgmlType.Q8_0, 0.0062 }, { GgmlType.Q8_1, 0.0062 },
        { GgmlType.Q2_K, 0.32 }, { GgmlType.Q3_K, 0.171 }, { GgmlType.Q4_K, 0.080 }, { GgmlType.Q5_K, 0.040 },
        { GgmlType.Q6_K, 0.020 }, { GgmlType.Q8_K, 0.0078 },
    };

    public static TheoryData<GgmlType> BlockTypes => [.. QuantizeRunner.BlockTypes];

    [Theory]
    [MemberData(nameof(Limits))]
    public void RoundTrip_GaussianValues_StaysWithinTheLimit(GgmlType type, double limit)
    {
        double error = Error(type, "gaussian");
        Assert.InRange(error, limit / 4, limit);
    }

    [Theory]
    [MemberData(nameof(Limits))]
    public void RoundTrip_UniformValues_StaysWithinTheLimit(GgmlType type, double limit) =>
        Assert.InRange(Error(type, "uniform"), limit / 6, limit);

    [Theory]
    [MemberData(nameof(Limits))]
    public void RoundTrip_LargeValues_StaysWithinTheLimit(GgmlType type, double limit) =>
        Assert.InRange(Error(type, "large"), limit / 4, limit);

    [Theory]
    [InlineData(GgmlType.Q4_0, GgmlType.Q5_0, GgmlType.Q8_0)]
    [InlineData(GgmlType.Q4_1, GgmlType.Q5_1, GgmlType.Q8_1)]
    [InlineData(GgmlType.Q2_K, GgmlType.Q3_K, GgmlType.Q4_K, GgmlType.Q5_K, GgmlType.Q6_K, GgmlType.Q8_K)]
    public void RoundTrip_MoreBits_LosesClearlyLess(params GgmlType[] types)
    {
        foreach (string kind in (string[])["gaussian", "uniform", "positive", "outliers"])
        {
            // Outliers leave the other values of their group few levels, and formats without a minimum waste half of
            // theirs on values of one sign: there an added bit gains less.
            double ratio = kind is "gaussian" or "uniform" ? 2.0 / 3 : 0.95;
            for (int i = 1; i < types.Length; i++)
            {
                double coarse = Error(types[i - 1], kind), fine = Error(types[i], kind);
                Assert.True(fine < coarse * ratio, $"{kind}: {types[i]} loses {fine}, {types[i - 1]} {coarse}");
            }
        }
    }

    /// <summary>
    /// The searches are what the K formats of 4 to 6 bits gain over plain rounding of the same width.
    /// </summary>
    [Theory]
    [InlineData(GgmlType.Q4_K, GgmlType.Q4_0)]
    [InlineData(GgmlType.Q5_K, GgmlType.Q5_0)]
    public void RoundTrip_SearchedScales_LoseLessThanRounding(GgmlType searched, GgmlType rounded) =>
        Assert.True(Error(searched, "gaussian") < 0.95 * Error(rounded, "gaussian"));

    /// <summary>
    /// A value is off by at most half a step of its block, for Q4_0 and Q5_0 a whole one at the end of the range that
    /// has a level less, and by the rounding of scale and minimum to halves: 2^-11 of their share.
    /// </summary>
    [Theory]
    [InlineData(GgmlType.Q4_0, 8.0, 1.0)]
    [InlineData(GgmlType.Q5_0, 16.0, 1.0)]
    [InlineData(GgmlType.Q8_0, 127.0, 0.5)]
    [InlineData(GgmlType.Q8_1, 127.0, 0.5)]
    [InlineData(GgmlType.Q8_K, 127.0, 0.5)]
    [InlineData(GgmlType.Q4_1, 7.5, 0.5)]
    [InlineData(GgmlType.Q5_1, 15.5, 0.5)]
    public void RoundTrip_AnyValue_IsOffByAtMostAStep(GgmlType type, double stepsOfMaximum, double steps)
    {
        int blockSize = GgmlTypeTraits.For(type).BlockSize;
        string[] kinds = ["gaussian", "uniform", "ramp", "outliers", "two-values", "constant", "sparse"];
        foreach (string kind in kinds)
        {
            float[] source = QuantizerSamples.Make(kind, Count), actual = QuantizeRunner.RoundTrip(type, source);
            for (int block = 0; block < Count; block += blockSize)
            {
                double maximum = source[block..(block + blockSize)].Max(v => Math.Abs((double)v));
                double limit = (steps * maximum / stepsOfMaximum) + (maximum * 3 / 2048) + 6e-8;
                for (int i = block; i < block + blockSize; i++)
                {
                    double off = Math.Abs((double)source[i] - actual[i]);
                    Assert.True(off <= limit, $"{type} of {kind}: value {i} is off by {off}, limit {limit}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(BlockTypes))]
    public void RoundTrip_Zeros_GivesZeros(GgmlType type)
    {
        foreach (string kind in (string[])["zero", "signed-zeros"])
            Assert.All(QuantizeRunner.RoundTrip(type, QuantizerSamples.Make(kind, 1024)), v => Assert.Equal(0f, v));
    }

    /// <summary>
    /// A constant needs one level: what is lost is the rounding of scale and minimum to halves.
    /// </summary>
    [Theory]
    [MemberData(nameof(BlockTypes))]
    public void RoundTrip_Constants_LosesOnlyTheRoundingOfTheScale(GgmlType type) =>
        Assert.InRange(Error(type, "constant"), 0, 1.0 / 1024);

    [Fact]
    public void RoundTrip_HugeValues_LoseNoMoreWhereTheScaleIsAFloat() =>
        Assert.InRange(Error(GgmlType.Q8_K, "huge"), 0.0078 / 4, 0.0078);

    private static double Error(GgmlType type, string kind)
    {
        float[] source = QuantizerSamples.Make(kind, Count);
        return QuantizeRunner.RelativeError(source, QuantizeRunner.RoundTrip(type, source));
    }
}
