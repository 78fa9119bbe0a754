namespace WasmChord.Kernels.Tests.Floats;

public unsafe class HalfRoundingTests
{
    [Fact]
    public void Run_EveryPath_GivesTheBitsOfTheScalar()
    {
        float[] source = Samples();
        ushort[] expected = [.. source.Select(Float16.BitsFromSingle)];
        foreach (KernelPath path in KernelPaths.Available) Assert.Equal(expected, Round(path, source, source.Length));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(33)]
    public void Run_AnyCount_WritesThatManyAndNoMore(int count)
    {
        float[] source = Samples()[..(count + 1)];
        foreach (KernelPath path in KernelPaths.Available)
        {
            ushort[] result = Round(path, source, count);
            Assert.Equal(source.Take(count).Select(Float16.BitsFromSingle), result[..count]);
            Assert.Equal(0xAAAA, result[count]);
        }
    }

    private static ushort[] Round(KernelPath path, float[] source, int count)
    {
        var result = new ushort[source.Length];
        Array.Fill(result, (ushort)0xAAAA);
        fixed (float* from = source)
        fixed (ushort* to = result)
            HalfRounding.Run(path, from, to, count);
        return result;
    }

    // Every sign and exponent with fractions around the places where rounding turns, then anything.
    private static float[] Samples()
    {
        uint[] fractions =
            [0, 1, 0x0FFF, 0x1000, 0x1001, 0x1FFF, 0x2FFF, 0x3000, 0x3001, 0x40_0000, 0x7F_EFFF, 0x7F_FFFF];
        var samples = new List<float>();
        for (uint signAndExponent = 0; signAndExponent < 512; signAndExponent++)
            samples.AddRange(fractions.Select(f => BitConverter.UInt32BitsToSingle(signAndExponent << 23 | f)));
        var random = new Random(7);
        for (int i = 0; i < 50_000; i++)
            samples.Add(BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)));
        return [.. samples];
    }
}
