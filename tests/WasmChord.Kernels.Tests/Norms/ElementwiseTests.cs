namespace WasmChord.Kernels.Tests;

public class ElementwiseTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(77)]
    [InlineData(4099)]
    public void Operations_OfEveryLengthAndAlignment_RoundEveryStep(int length)
    {
        for (int offset = 0; offset < 4; offset++)
        {
            float[] x = Samples.Gaussian(length + offset, length), y = Samples.Gaussian(length + offset, length + 1);
            float[] sum = [.. x], scaled = [.. x], added = [.. x];
            Elementwise.Add(sum.AsSpan(offset), y.AsSpan(offset));
            Elementwise.Scale(scaled.AsSpan(offset), 0.3f);
            Elementwise.AddScaled(added.AsSpan(offset), 0.3f, y.AsSpan(offset));
            for (int i = offset; i < x.Length; i++)
            {
                float product = 0.3f * y[i];
                Assert.Equal(x[i] + y[i], sum[i]);
                Assert.Equal(x[i] * 0.3f, scaled[i]);
                Assert.Equal(x[i] + product, added[i]);
            }
        }
    }

    [Fact]
    public void Operations_OfOtherLengths_AreRefusedWithThem()
    {
        Assert.StartsWith("4 values cannot be added to 3", Assert.Throws<ArgumentException>(() => Elementwise.Add(new float[3], new float[4])).Message);
        Assert.Throws<ArgumentException>(() => Elementwise.AddScaled(new float[3], 1, new float[2]));
    }
}
