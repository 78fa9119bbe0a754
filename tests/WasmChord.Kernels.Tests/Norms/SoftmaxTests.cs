namespace WasmChord.Kernels.Tests;

public unsafe class SoftmaxTests
{
    private const float Masked = float.NegativeInfinity;

    public static TheoryData<int> Lengths => [1, 2, 3, 4, 5, 7, 15, 16, 17, 33, 100, 1024, 1027];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void InPlace_OfEveryLength_IsTheDoublePrecisionSoftmax(int length)
    {
        foreach (double deviation in new[] { 0.01, 1, 20 })
        {
            float[] scores = Samples.Gaussian(length, length, deviation);
            double max = scores.Max(), sum = scores.Sum(s => Math.Exp(s - max));
            double[] expected = [.. scores.Select(s => Math.Exp(s - max) / sum)];
            Softmax.InPlace(scores);
            for (int i = 0; i < length; i++)
            {
                // The difference s − max is rounded to float, which an exponential multiplies by its size.
                double tolerance = expected[i] * 6e-8 * (6 + Math.Abs(Math.Log(Math.Max(expected[i], 1e-40)))) + 1e-44;
                Assert.True(Math.Abs(scores[i] - expected[i]) <= tolerance, $"value {i} is {scores[i]:R}, expected {expected[i]:R}");
            }

            Assert.InRange(scores.Sum(s => (double)s), 1 - 1e-6, 1 + 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void InPlace_OnEveryPath_HasTheBitsOfTheScalar(int length)
    {
        foreach (float[] scores in Kinds(length))
        {
            float[] expected = Run(KernelPath.Scalar, scores, 0.35f);
            foreach (KernelPath path in Samples.Paths) Samples.AssertSameBits(expected, Run(path, scores, 0.35f), $"{path}");
        }
    }

    [Fact]
    public void InPlace_WithAScale_HasTheBitsOfScoresScaledBefore()
    {
        float[] scores = Samples.Gaussian(90, 8, 10), scaled = [.. scores.Select(s => s * 0.125f)];
        Softmax.InPlace(scores, 0.125f);
        Softmax.InPlace(scaled);
        Samples.AssertSameBits(scaled, scores, "scaled");
    }

    [Fact]
    public void InPlace_OfMaskedScores_GivesThemNothingAndTheOthersTheSame()
    {
        float[] scores = Samples.Gaussian(64, 9), masked = [.. scores, .. Enumerable.Repeat(Masked, 36)];
        Softmax.InPlace(scores);
        Softmax.InPlace(masked);
        Samples.AssertSameBits(scores, masked.AsSpan(0, 64), "unmasked part");
        Assert.All(masked[64..], v => Assert.Equal(0, v));
    }

    [Fact]
    public void InPlace_OfEdges_IsDefined()
    {
        foreach (KernelPath path in Samples.Paths)
        {
            foreach (int length in new[] { 1, 16, 37 })
            {
                Assert.All(Run(path, [.. Enumerable.Repeat(Masked, length)], 1), v => Assert.Equal(0, v));
                Assert.All(Run(path, [.. Enumerable.Repeat(3e38f, length)], 1), v => Assert.Equal(1f / length, v));
                Assert.All(Run(path, [.. Enumerable.Repeat(1e-42f, length)], 1), v => Assert.Equal(1f / length, v));
                foreach (float bad in new[] { float.NaN, float.PositiveInfinity })
                {
                    float[] scores = Samples.Gaussian(length, 1);
                    scores[length / 2] = bad;
                    Assert.All(Run(path, scores, 1), v => Assert.Equal(float.NaN, v));
                }

                float[] maskedNaN = [.. Enumerable.Repeat(Masked, length), float.NaN];
                Assert.All(Run(path, maskedNaN, 1), v => Assert.Equal(float.NaN, v));
            }
        }
    }

    [Fact]
    public void InPlace_OfNothing_DoesNothing() => Softmax.InPlace([]);

    // Ordinary scores, far apart so that exponentials leave the normal range, and partly masked.
    private static IEnumerable<float[]> Kinds(int length)
    {
        yield return Samples.Gaussian(length, length);
        yield return Samples.Gaussian(length, length + 1, 150);
        float[] masked = Samples.Gaussian(length, length + 2);
        for (int i = 0; i < length; i += 3) masked[i] = Masked;
        yield return masked;
    }

    private static float[] Run(KernelPath path, float[] scores, float scale) =>
        Samples.On(scores, values => SoftmaxKernel.Run(path, values, scores.Length, scale));
}
