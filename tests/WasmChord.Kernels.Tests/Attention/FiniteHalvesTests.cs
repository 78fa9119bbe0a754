namespace WasmChord.Kernels.Tests;

public unsafe class FiniteHalvesTests
{
    private static readonly ushort[] s_finite = [.. Enumerable.Range(0, 65_536).Where(c => (c & 0x7C00) != 0x7C00).Select(c => (ushort)c)];

    [Fact]
    public void TryExpand_EveryFiniteHalf_HasTheBitsOfTheScalarConversion()
    {
        float[] expected = [.. s_finite.Select(Float16.ToSingle)];
        foreach (KernelPath path in KernelPaths.Available.Where(p => p >= KernelPath.Avx2))
        {
            Assert.True(Run(path, s_finite, out float[] values));
            Samples.AssertSameBits(expected, values, $"{path}");
        }
    }

    [Theory]
    [InlineData(0x7C00)]
    [InlineData(0xFC00)]
    [InlineData(0x7E00)]
    [InlineData(0xFC01)]
    public void TryExpand_WhatIsNotFinite_IsFoundInEveryLane(ushort code)
    {
        foreach (KernelPath path in KernelPaths.Available.Where(p => p >= KernelPath.Avx2))
        {
            for (int lane = 0; lane < 48; lane++)
            {
                ushort[] halves = [.. s_finite[..48]];
                halves[lane] = code;
                Assert.False(Run(path, halves, out _));
            }
        }
    }

    [Fact]
    public void Attention_OfInfiniteHalves_HasTheBitsOfTheScalar()
    {
        AttentionSample sample = new(WasmChord.Gguf.GgmlType.F16, 1, 40, 6);
        BitConverter.TryWriteBytes(sample.Keys.AsSpan(2 * sample.RowBytes + 6), (ushort)0x7C00);
        float[] best = new float[6], scalar = new float[6];
        Attention.Scores(sample.Type, sample.Queries, sample.Keys, 1, best);
        fixed (float* queries = sample.Queries, to = scalar)
        fixed (byte* keys = sample.Keys) ScoreKernel.Run(KernelPath.Scalar, sample.Type, queries, 1, 40, keys, 6, 1, to, 6);
        Assert.True(float.IsInfinity(best[2]));
        Samples.AssertSameBits(scalar, best, "scores");
    }

    private static bool Run(KernelPath path, ushort[] halves, out float[] values)
    {
        bool isFinite = false;
        values = Samples.On(new float[halves.Length], to =>
        {
            fixed (ushort* from = halves) isFinite = FiniteHalves.TryExpand(path, from, to, halves.Length);
        });
        return isFinite;
    }
}
