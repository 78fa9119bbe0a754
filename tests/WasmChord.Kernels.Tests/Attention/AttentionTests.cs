using WasmChord.Gguf;

namespace WasmChord.Kernels.Tests;

public unsafe class AttentionTests
{
    private const float Scale = 0.125f;

    public static TheoryData<GgmlType, int> Shapes => AttentionSample.Shapes;

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Scores_OfEveryShape_AreTheDoublePrecisionProducts(GgmlType type, int headDim)
    {
        AttentionSample sample = new(type, 3, headDim, 37);
        // 2^-24 for each of a few additions in a lane, of products of which the largest sums are about sqrt(headDim).
        Samples.AssertClose(sample.ExactScores(Scale), Scores(sample, KernelPaths.Best), 5e-7 * Scale * headDim, $"{type} {headDim}");
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void AddWeighted_OfEveryShape_IsTheDoublePrecisionSum(GgmlType type, int headDim)
    {
        AttentionSample sample = new(type, 3, headDim, 75);
        Samples.AssertClose(sample.ExactOutput(), Weighted(sample, KernelPaths.Best, 75), 5e-7, $"{type} {headDim}");
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Attention_OnEveryPath_HasTheBitsOfTheScalar(GgmlType type, int headDim)
    {
        AttentionSample sample = new(type, 2, headDim, 41);
        float[] scores = Scores(sample, KernelPath.Scalar), output = Weighted(sample, KernelPath.Scalar, 41);
        foreach (KernelPath path in KernelPaths.Available)
        {
            Samples.AssertSameBits(scores, Scores(sample, path), $"scores on {path}");
            Samples.AssertSameBits(output, Weighted(sample, path, 41), $"output on {path}");
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Attention_InAnyPages_HasTheBitsOfOneRun(GgmlType type, int headDim)
    {
        AttentionSample sample = new(type, 2, headDim, 71);
        float[] scores = Scores(sample, KernelPaths.Best), output = Weighted(sample, KernelPaths.Best, 71);
        foreach (int page in new[] { 1, 2, 16, 31, 32, 64 })
        {
            var paged = new float[scores.Length];
            for (int from = 0; from < sample.Rows; from += page)
            {
                int count = Math.Min(page, sample.Rows - from);
                ReadOnlySpan<byte> keys = sample.Keys.AsSpan(from * sample.RowBytes, count * sample.RowBytes);
                Attention.Scores(type, sample.Queries, headDim, keys, Scale, paged.AsSpan(from), sample.Rows);
            }

            Samples.AssertSameBits(scores, paged, $"scores in pages of {page}");
            Samples.AssertSameBits(output, Weighted(sample, KernelPaths.Best, page), $"output in pages of {page}");
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Attention_HeadByHead_HasTheBitsOfTheGroup(GgmlType type, int headDim)
    {
        AttentionSample sample = new(type, 4, headDim, 37);
        float[] scores = Scores(sample, KernelPaths.Best), output = Weighted(sample, KernelPaths.Best, 37);
        for (int h = 0; h < 4; h++)
        {
            float[] alone = new float[37], partials = new float[Attention.PartialCount * headDim], combined = new float[headDim];
            Attention.Scores(type, sample.Queries.AsSpan(h * headDim, headDim), sample.Keys, Scale, alone);
            Attention.AddWeighted(type, sample.Values, headDim, 0, sample.Weights.AsSpan(h * 37, 37), 37, partials);
            Attention.Combine(partials, headDim, combined);
            Samples.AssertSameBits(scores.AsSpan(h * 37, 37), alone, $"scores of head {h}");
            Samples.AssertSameBits(output.AsSpan(h * headDim, headDim), combined, $"output of head {h}");
        }
    }

    [Fact]
    public void AddWeighted_FromALaterPosition_ContinuesThePartialSumsInTurn()
    {
        float[] values = Samples.Gaussian(3 * 8, 5), partials = new float[32 * 8];
        Attention.AddWeighted(GgmlType.F32, System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values), 8, 31 + 64, [1, 2, 4], 3, partials);
        Assert.Equal([.. values[..8]], partials[(31 * 8)..]);
        Assert.Equal([.. values[8..16].Select(v => 2 * v)], partials[..8]);
        Assert.Equal([.. values[16..].Select(v => 4 * v)], partials[8..16]);
        Assert.All(partials[16..(31 * 8)], v => Assert.Equal(0, v));
    }

    [Fact]
    public void Attention_OfNoRows_LeavesEverything()
    {
        Attention.Scores(GgmlType.F16, new float[8], [], 1, []);
        float[] partials = Samples.Gaussian(32 * 8, 6), before = [.. partials];
        Attention.AddWeighted(GgmlType.F16, [], 8, 0, [], 0, partials);
        Assert.Equal(before, partials);
    }

    [Fact]
    public void Attention_OfNaN_PropagatesItToItsOwnOnly()
    {
        AttentionSample sample = new(GgmlType.F32, 1, 64, 5);
        BitConverter.TryWriteBytes(sample.Keys.AsSpan(2 * sample.RowBytes + 12), float.NaN);
        BitConverter.TryWriteBytes(sample.Values.AsSpan(2 * sample.RowBytes + 12), float.NaN);
        Assert.Equal([2], Where(Scores(sample, KernelPaths.Best)));
        Assert.Equal([3], Where(Weighted(sample, KernelPaths.Best, 5)));

        static int[] Where(float[] values) => [.. Enumerable.Range(0, values.Length).Where(i => float.IsNaN(values[i]))];
    }

    [Fact]
    public void BadShapes_AreRefusedWithTheNumbers()
    {
        Assert.StartsWith("a head of 0 values", Refusal(() => Attention.Scores(GgmlType.F32, [], new byte[4], 1, new float[1])));
        Assert.StartsWith("a head of 1025 values", Refusal(() => Attention.Scores(GgmlType.F32, new float[1025], [], 1, [])));
        Assert.StartsWith("33 bytes are not whole rows of 32", Refusal(() => Attention.Scores(GgmlType.F32, new float[8], new byte[33], 1, new float[1])));
        Assert.StartsWith("2 keys and room for 1", Refusal(() => Attention.Scores(GgmlType.F16, new float[8], new byte[32], 1, new float[1])));
        Assert.StartsWith("9 values are not whole heads of 8", Refusal(() => Attention.Scores(GgmlType.F16, new float[9], 8, new byte[32], 1, new float[2], 2)));
        Assert.StartsWith("2 heads of 2 rows at a stride of 1 exceed 4", Refusal(() => Attention.Scores(GgmlType.F16, new float[16], 8, new byte[32], 1, new float[4], 1)));
        Assert.StartsWith("1 heads of 2 rows at a stride of 2 exceed 1", Refusal(() => Attention.AddWeighted(GgmlType.F16, new byte[32], 8, 0, new float[1], 2, new float[256])));
        Assert.StartsWith("255 values are not whole heads of 256", Refusal(() => Attention.AddWeighted(GgmlType.F16, new byte[32], 8, 0, new float[2], 2, new float[255])));
        Assert.StartsWith("1 heads of 8 values and room for 9", Refusal(() => Attention.Combine(new float[256], 8, new float[9])));
        Assert.StartsWith("keys and values are kept in F32, F16 or Q8_0, not in Q4_0", Refusal(() => Attention.Scores(GgmlType.Q4_0, new float[32], new byte[18], 1, new float[1])));
        Assert.Throws<ArgumentOutOfRangeException>(() => Attention.AddWeighted(GgmlType.F16, new byte[32], 8, -1, new float[2], 2, new float[256]));

        static string Refusal(Action act) => Assert.ThrowsAny<ArgumentException>(act).Message;
    }

    private static float[] Scores(AttentionSample s, KernelPath path) => Samples.On(new float[s.Heads * s.Rows], scores =>
    {
        // A byte of offset takes the keys off any alignment.
        fixed (float* queries = s.Queries)
        fixed (byte* keys = (byte[])[0, .. s.Keys])
            ScoreKernel.Run(path, s.Type, queries, s.Heads, s.HeadDim, keys + 1, s.Rows, Scale, scores, s.Rows);
    });

    private static float[] Weighted(AttentionSample s, KernelPath path, int page) => Samples.On(new float[s.Heads * s.HeadDim], output =>
    {
        Samples.On(new float[s.Heads * Attention.PartialCount * s.HeadDim], partials =>
        {
            fixed (float* weights = s.Weights)
            fixed (byte* values = (byte[])[0, .. s.Values])
            {
                for (int from = 0; from < s.Rows; from += page)
                {
                    byte* first = values + 1 + from * s.RowBytes;
                    ValueKernel.Run(path, s.Type, first, Math.Min(page, s.Rows - from), s.HeadDim, from, weights + from, s.Rows, partials, s.Heads);
                }
            }

            ValueKernel.Combine(path, partials, s.HeadDim, output, s.Heads);
        });
    });
}
