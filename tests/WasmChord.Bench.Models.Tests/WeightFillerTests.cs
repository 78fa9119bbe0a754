using WasmChord.Gguf;
using WasmChord.Kernels;

namespace WasmChord.Bench.Models.Tests;

public sealed class WeightFillerTests
{
    private const double Deviation = 1 / 64.0;

    public static TheoryData<GgmlType> Types { get; } = [.. GgmlTypeTraits.All.Select(t => t.Type).Where(WeightFiller.CanFill)];

    [Fact]
    public void CanFill_LeavesOutOnlyTypesThatNoWeightsHave()
    {
        GgmlType[] others = [.. GgmlTypeTraits.All.Select(t => t.Type).Where(t => !WeightFiller.CanFill(t)).Order()];
        Assert.Equal([GgmlType.Q8_1, GgmlType.Q8_K, GgmlType.I8, GgmlType.I16, GgmlType.I32, GgmlType.I64, GgmlType.F64], others);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Fill_OfAType_GivesFiniteValuesOfTheWantedSpread(GgmlType type)
    {
        GgmlTypeTraits traits = GgmlTypeTraits.For(type);
        int blocks = 256 * 1024 / traits.BlockSize;
        byte[] bytes = new byte[blocks * traits.TypeSize];
        float[] values = new float[blocks * traits.BlockSize];
        WeightFiller.ForMatrix(type, Deviation).Fill(bytes, 99);
        Dequantizer.ToFloat(type, bytes, values);

        Assert.All(values, value => Assert.True(float.IsFinite(value)));
        double mean = values.Average(v => (double)v), rms = Math.Sqrt(values.Average(v => (double)v * v));
        // The types whose scale has few bits cannot come closer than a factor of two.
        double tolerance = type is GgmlType.MXFP4 or GgmlType.NVFP4 ? 2 : 1.05;
        Assert.InRange(rms, Deviation / tolerance, Deviation * tolerance);
        Assert.InRange(Math.Abs(mean), 0, 0.15 * Deviation);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void Fill_OfAShorterSpan_GivesAPrefix(GgmlType type)
    {
        int typeSize = GgmlTypeTraits.For(type).TypeSize;
        WeightFiller filler = WeightFiller.ForMatrix(type, Deviation);
        byte[] whole = new byte[100 * typeSize], part = new byte[7 * typeSize];
        filler.Fill(whole, 5);
        filler.Fill(part, 5);
        Assert.Equal(whole[..part.Length], part);
    }

    [Fact]
    public void Fill_OfANorm_StaysAroundOne()
    {
        byte[] bytes = new byte[4096 * sizeof(float)];
        float[] values = new float[4096];
        WeightFiller.ForNorm(0.1).Fill(bytes, 3);
        Dequantizer.ToFloat(GgmlType.F32, bytes, values);
        Assert.All(values, value => Assert.InRange(value, 0.8f, 1.2f));
        Assert.True(values.Distinct().Count() > 1000);
    }
}
