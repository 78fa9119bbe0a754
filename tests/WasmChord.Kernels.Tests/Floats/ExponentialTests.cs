namespace WasmChord.Kernels.Tests.Floats;

public unsafe class ExponentialTests
{
    [Fact]
    public void Of_NormalResults_IsWithinTwoUnitsInTheLastPlace()
    {
        // Every 1,009th float of either sign that has a normal result.
        for (uint bits = 0; bits < 0x42AE_0000; bits += 1009)
        {
            float x = BitConverter.UInt32BitsToSingle(bits);
            AssertUnits(x, 2);
            AssertUnits(-x, 2);
        }
    }

    [Fact]
    public void Of_SubnormalResults_IsWithinAUnitOfThem()
    {
        for (float x = -87.4f; x > -103.5f; x -= 0.001f)
            Assert.True(Math.Abs(Exponential.Of(x) - Math.Exp(x)) <= 1.5 * float.Epsilon + 2e-7 * Math.Exp(x), $"e^{x:R} is {Exponential.Of(x):R}");
    }

    [Theory]
    [InlineData(0f, 1f)]
    [InlineData(float.NegativeInfinity, 0f)]
    [InlineData(-1000f, 0f)]
    [InlineData(-103.972084f, 0f)]
    [InlineData(88.722839f, float.PositiveInfinity)]
    [InlineData(float.PositiveInfinity, float.PositiveInfinity)]
    [InlineData(float.MaxValue, float.PositiveInfinity)]
    [InlineData(float.MinValue, 0f)]
    [InlineData(float.Epsilon, 1f)]
    [InlineData(float.NaN, float.NaN)]
    public void Of_Edges_IsTheLimit(float x, float expected) => Assert.Equal(expected, Exponential.Of(x));

    [Fact]
    public void Of_TheLastFiniteAndTheLastPositive_IsFiniteAndPositive()
    {
        Assert.True(float.IsFinite(Exponential.Of(MathF.BitDecrement(88.722839f))));
        Assert.True(Exponential.Of(MathF.BitIncrement(-103.972084f)) > 0);
    }

    [Fact]
    public void Of_SixteenAtATime_HasTheBitsOfTheScalar()
    {
        float[] values = [.. Samples.Gaussian(1600, 1, 5), .. Samples.Gaussian(1600, 2, 60), 0, -0f, float.NaN, float.PositiveInfinity,
            float.NegativeInfinity, float.MaxValue, float.MinValue, float.Epsilon, 88.3f, 88.8f, -87.3f, -88, -103.9f, -104, 1, -1];
        float[] expected = [.. values.Select(Exponential.Of)];
        Samples.AssertSameBits(expected, Run<Floats128>(values), "128 bits");
        Samples.AssertSameBits(expected, Run<Floats256>(values), "256 bits");
        Samples.AssertSameBits(expected, Run<Floats512>(values), "512 bits");
    }

    private static float[] Run<T>(float[] values)
        where T : unmanaged, IFloats<T> => Samples.On(values, start =>
    {
        for (int i = 0; i < values.Length; i += 16) Exponential.Of(T.Load(start + i)).Store(start + i);
    });

    private static void AssertUnits(float x, double units)
    {
        double exact = Math.Exp(x), unit = Math.ScaleB(1, Math.ILogB(exact) - 23);
        Assert.True(Math.Abs(Exponential.Of(x) - exact) <= units * unit, $"e^{x:R} is {Exponential.Of(x):R}, not {exact:R}");
    }
}
