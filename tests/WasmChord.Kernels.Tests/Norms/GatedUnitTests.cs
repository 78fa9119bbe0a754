namespace WasmChord.Kernels.Tests;

public unsafe class GatedUnitTests
{
    [Fact]
    public void SiluMultiply_OfOrdinaryValues_IsTheDoublePrecisionResult()
    {
        float[] gate = Samples.Gaussian(1000, 1, 4), up = Samples.Gaussian(1000, 2), y = new float[1000];
        GatedUnit.SiluMultiply(gate, up, y);
        for (int i = 0; i < y.Length; i++)
        {
            double expected = gate[i] / (1 + Math.Exp(-(double)gate[i])) * up[i];
            Assert.True(Math.Abs(y[i] - expected) <= 4.5e-7 * Math.Abs(expected), $"value {i} is {y[i]:R}, expected {expected:R}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(172)]
    [InlineData(1001)]
    public void SiluMultiply_OnEveryPath_HasTheBitsOfTheScalar(int length)
    {
        foreach (double deviation in new[] { 1.0, 100 })
        {
            float[] gate = Samples.Gaussian(length, 3, deviation), up = Samples.Gaussian(length, 4), expected = Run(KernelPath.Scalar, gate, up);
            foreach (KernelPath path in Samples.Paths) Samples.AssertSameBits(expected, Run(path, gate, up), $"{path}");
        }
    }

    [Fact]
    public void SiluMultiply_OfEdges_IsDefined()
    {
        float[] gate = [0, -0f, 200, -200, float.PositiveInfinity, float.NaN, 1e-42f, float.NegativeInfinity, .. new float[12]];
        foreach (KernelPath path in Samples.Paths)
        {
            float[] y = Run(path, gate, [.. Enumerable.Repeat(1f, gate.Length)]);
            Assert.Equal([0, 0, 200, 0, float.PositiveInfinity, float.NaN, gate[6] / 2, float.NaN], y[..8]);
        }
    }

    [Fact]
    public void SiluMultiply_IntoEitherInput_HasTheBitsOfACopy()
    {
        float[] gate = Samples.Gaussian(50, 5), up = Samples.Gaussian(50, 6), y = new float[50];
        float[] inGate = [.. gate], inUp = [.. up];
        GatedUnit.SiluMultiply(gate, up, y);
        GatedUnit.SiluMultiply(inGate, up, inGate);
        GatedUnit.SiluMultiply(gate, inUp, inUp);
        Samples.AssertSameBits(y, inGate, "into the gate");
        Samples.AssertSameBits(y, inUp, "into the values");
    }

    [Fact]
    public void SiluMultiply_OfOtherLengths_IsRefusedWithThem()
    {
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => GatedUnit.SiluMultiply(new float[3], new float[4], new float[3]));
        Assert.StartsWith("3 gates, 4 values and room for 3", refusal.Message);
    }

    private static float[] Run(KernelPath path, float[] gate, float[] up) => Samples.On(new float[gate.Length], y =>
        Samples.On(gate, gates => Samples.On(up, ups => SiluKernel.Run(path, gates, ups, y, gate.Length))));
}
