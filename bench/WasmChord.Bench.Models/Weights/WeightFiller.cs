using WasmChord.Gguf;
using WasmChord.Kernels;

namespace WasmChord.Bench.Models;

/// <summary>
/// Makes weights of one type directly in their blocks: random codes under scales that give the values the wanted
/// spread. Nothing is quantized, so that it runs near the rate of memory. Every value is finite, and the mean is near 0.
/// </summary>
internal abstract class WeightFiller
{
    private const int SampleBytes = 256 * 1024;

    private const ulong SampleSeed = 0x73616D706C65; // "sample"

    /// <summary>True for the types that weights in model files have.</summary>
    public static bool CanFill(GgmlType type) => type is GgmlType.F32 or GgmlType.F16 or GgmlType.BF16 or GgmlType.IQ1_M
        or GgmlType.MXFP4 or GgmlType.NVFP4 || HalfScaleFiller.HasLayout(type);

    /// <summary>A filler for matrices.</summary>
    /// <param name="type">The element type.</param>
    /// <param name="deviation">Root mean square that the values shall have.</param>
    public static WeightFiller ForMatrix(GgmlType type, double deviation) => type switch
    {
        GgmlType.F32 or GgmlType.F16 or GgmlType.BF16 => new FloatFiller(type, 0, deviation),
        GgmlType.MXFP4 => new MicroscaleFiller(deviation / UnitDeviation(type, MicroscaleFiller.Unit)),
        GgmlType.NVFP4 => new NarrowScaleFiller(deviation / UnitDeviation(type, NarrowScaleFiller.Unit)),
        GgmlType.IQ1_M => new SpreadScaleFiller(deviation / UnitDeviation(type, new SpreadScaleFiller(1))),
        _ => new HalfScaleFiller(type, deviation / UnitDeviation(type, new HalfScaleFiller(type, 1))),
    };

    /// <summary>A filler for norms: floats of 1 ± <paramref name="deviation"/>.</summary>
    public static WeightFiller ForNorm(double deviation) => new FloatFiller(GgmlType.F32, 1, deviation);

    /// <summary>Fills whole blocks with what the seed gives. A shorter span gets a prefix of what a longer one gets.</summary>
    public void Fill(Span<byte> blocks, ulong seed)
    {
        RandomBytes.Fill(blocks, seed);
        Shape(blocks);
    }

    /// <summary>Turns random bytes into valid blocks, in place.</summary>
    protected abstract void Shape(Span<byte> blocks);

    /// <summary>Root mean square of a sample at scale 1: measured, so that one rule serves every type.</summary>
    private static double UnitDeviation(GgmlType type, WeightFiller unit)
    {
        GgmlTypeTraits traits = GgmlTypeTraits.For(type);
        byte[] blocks = new byte[SampleBytes / traits.TypeSize * traits.TypeSize];
        float[] values = new float[blocks.Length / traits.TypeSize * traits.BlockSize];
        unit.Fill(blocks, SampleSeed);
        Dequantizer.ToFloat(type, blocks, values);
        double squares = 0;
        foreach (float value in values) squares += (double)value * value;
        return Math.Sqrt(squares / values.Length);
    }
}
