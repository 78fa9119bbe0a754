using WasmChord.Gguf;

namespace WasmChord.Kernels.Tests;

public class AllocationTests
{
    public static TheoryData<GgmlType> Types => [GgmlType.F32, GgmlType.F16, GgmlType.Q8_0];

    [Theory]
    [MemberData(nameof(Types))]
    public void AStepOfALayer_AllocatesNothing(GgmlType type)
    {
        AttentionSample sample = new(type, 4, 128, 70);
        float[] x = Samples.Gaussian(512, 1), y = new float[512], angles = new float[128], scores = new float[4 * 70];
        float[] partials = new float[4 * Attention.PartialCount * 128];
        var row = new byte[sample.RowBytes];
        var indices = new int[2];
        RopeScaling scaling = new(128, 10_000, 0.5f, 1, 1, 32, 1, 2048);
        for (int warmUp = 0; warmUp < 3; warmUp++) Step();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++) Step();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Step()
        {
            Norms.Rms(x, y, 1e-5f, y);
            Rope.Angles(scaling, [], 70, angles);
            Rope.Rotate(sample.Queries, 128, angles, RopePairing.SplitHalf);
            Rope.Rotate(sample.Queries, 128, angles, RopePairing.Interleaved);
            KvRows.Encode(type, sample.Queries.AsSpan(0, 128), row);
            Attention.Scores(type, sample.Queries, 128, sample.Keys, 0.1f, scores, 70);
            for (int h = 0; h < 4; h++) Softmax.InPlace(scores.AsSpan(h * 70, 70));
            partials.AsSpan().Clear();
            Attention.AddWeighted(type, sample.Values, 128, 0, scores, 70, partials);
            Attention.Combine(partials, 128, y);
            Elementwise.Add(x, y);
            Elementwise.Scale(y, 0.5f);
            Elementwise.AddScaled(x, 0.5f, y);
            GatedUnit.SiluMultiply(x, y, y);
            TopK.Select(y, 2, indices);
        }
    }
}
