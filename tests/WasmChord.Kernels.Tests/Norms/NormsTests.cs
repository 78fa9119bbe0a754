namespace WasmChord.Kernels.Tests;

public unsafe class NormsTests
{
    public static TheoryData<int> Lengths => [1, 3, 15, 16, 17, 31, 64, 100, 255, 256, 4096, 4099];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Rms_OfEveryLength_IsTheDoublePrecisionNorm(int length)
    {
        float[] x = Samples.Gaussian(length, 1, 3), weight = Samples.Gaussian(length, 2);
        double mean = x.Sum(v => (double)v * v) / length, scale = 1 / Math.Sqrt(mean + 1e-5f);
        var y = new float[length];
        Norms.Rms(x, weight, 1e-5f, y);
        for (int i = 0; i < length; i++)
        {
            double expected = x[i] * scale * weight[i];
            Assert.True(Math.Abs(y[i] - expected) <= 4e-7 * Math.Abs(expected), $"value {i} is {y[i]:R}, expected {expected:R}");
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Rms_OnEveryPath_HasTheBitsOfTheScalar(int length)
    {
        float[] x = Samples.Gaussian(length, length, 5), weight = Samples.Gaussian(length, 3);
        foreach (KernelPath path in Samples.Paths)
        {
            Samples.AssertSameBits(Run(KernelPath.Scalar, x, weight), Run(path, x, weight), $"{path}, weighted");
            Samples.AssertSameBits(Run(KernelPath.Scalar, x, []), Run(path, x, []), $"{path}, without weights");
        }
    }

    [Fact]
    public void Rms_WithoutWeights_IsThatWithOnes()
    {
        float[] x = Samples.Gaussian(100, 4), ones = [.. Enumerable.Repeat(1f, 100)];
        float[] without = new float[100], with = new float[100];
        Norms.Rms(x, [], 1e-6f, without);
        Norms.Rms(x, ones, 1e-6f, with);
        Samples.AssertSameBits(with, without, "weights of one");
    }

    [Fact]
    public void Rms_InPlace_HasTheBitsOfACopy()
    {
        float[] x = Samples.Gaussian(77, 5), weight = Samples.Gaussian(77, 6), y = new float[77];
        Norms.Rms(x, weight, 1e-6f, y);
        Norms.Rms(x, weight, 1e-6f, x);
        Samples.AssertSameBits(y, x, "in place");
    }

    [Fact]
    public void Rms_OfEdges_IsDefined()
    {
        foreach (KernelPath path in Samples.Paths)
        {
            Assert.All(Run(path, new float[40], []), v => Assert.Equal(0, v));
            Assert.All(Run(path, [.. Enumerable.Repeat(1e30f, 40)], []), v => Assert.Equal(0, v));
            float[] denormal = Run(path, [.. Enumerable.Repeat(1e-40f, 40)], []);
            Assert.All(denormal, v => Assert.InRange(v, 3.1e-38f, 3.2e-38f)); // 1e-40 / sqrt(1e-5)
            float[] oneNaN = new float[40];
            oneNaN[33] = float.NaN;
            Assert.All(Run(path, oneNaN, []), v => Assert.Equal(float.NaN, v));
        }
    }

    [Fact]
    public void Rms_OfNothing_DoesNothing() => Norms.Rms([], [], 1e-5f, []);

    [Theory]
    [InlineData(8, 8, 7)]
    [InlineData(8, 7, 8)]
    [InlineData(0, 1, 0)]
    public void Rms_OfOtherLengths_IsRefusedWithThem(int x, int weight, int y)
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => Norms.Rms(new float[x], new float[weight], 0, new float[y]));
        Assert.StartsWith($"{x} values, {weight} weights and room for {y}", refusal.Message);
    }

    private static float[] Run(KernelPath path, float[] x, float[] weight) => Samples.On(x, y =>
    {
        Samples.On(x, from =>
        {
            fixed (float* weights = weight) RmsKernel.Run(path, from, weights, 1e-5f, y, x.Length);
        });
    });
}
