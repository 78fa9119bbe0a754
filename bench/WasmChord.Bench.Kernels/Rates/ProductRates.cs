using WasmChord.Bench.Figures;
using WasmChord.Bench.Models;
using WasmChord.Gguf;
using WasmChord.Kernels;

namespace WasmChord.Bench.Kernels;

/// <summary>How fast rows of one type are multiplied by positions, one thread, beside the peer's <c>vec_dot</c>.</summary>
/// <param name="Type">Of the weights.</param>
/// <param name="Positions">1 is decode, many are prefill.</param>
/// <param name="From">Where the weights lie.</param>
/// <param name="WeightBytes">Bytes of weights a product.</param>
/// <param name="Operations">Multiplications and additions a product.</param>
/// <param name="Ours">Products per second of this project.</param>
/// <param name="Peer">Products per second of the peer; null without it.</param>
internal sealed record ProductRates(GgmlType Type, int Positions, WeightPlace From, long WeightBytes, double Operations, Series Ours, Series? Peer)
{
    private const int Columns = ProductBenchmarks.ColumnCount;

    /// <summary>GB/s of weights, each counted once however many positions it meets.</summary>
    public double Gigabytes(Series products) => products.Median * WeightBytes / 1e9;

    /// <summary>GFLOP/s.</summary>
    public double Gigaflops(Series products) => products.Median * Operations / 1e9;

    /// <summary>Measures.</summary>
    /// <exception cref="InvalidDataException">The peer's results are others.</exception>
    public static unsafe ProductRates Measure(GgmlType type, int positions, WeightPlace from, GgmlTypeFunctions? peer, RateClock clock)
    {
        int rows = ProductBenchmarks.Rows(type, from);
        long weightBytes = ProductBenchmarks.WeightBytes(type, from), outputBytes = (long)rows * positions * sizeof(float);
        GgmlType activationType = Activations.TypeFor(type);
        using AlignedBuffer weights = new(weightBytes), floats = new((long)positions * Columns * sizeof(float)),
            activations = new(GgmlTypeTraits.For(activationType).BytesFor(positions * Columns)), output = new(outputBytes), peerOutput = new(outputBytes);
        WeightFiller.ForMatrix(type, 1 / 64.0).Fill(weights.Span, 1);
        Random random = new(2);
        Span<float> values = new(floats.Start, positions * Columns);
        for (int i = 0; i < values.Length; i++) values[i] = 2 * random.NextSingle() - 1;
        Activations.Encode(activationType, values, activations.Span);
        Action ours = () => MatMul.Multiply(type, weights.Span, Columns, activations.Span, positions, new Span<float>(output.Start, rows * positions), rows);

        using AlignedBuffer? peerActivations = peer is { CanMultiply: true } p ? new(GgmlTypeTraits.For(p.ActivationType).BytesFor(positions * Columns)) : null;
        Action? theirs = null;
        if (peerActivations is not null)
        {
            GgmlTypeFunctions functions = peer!.Value;
            functions.Encode((float*)floats.Start, peerActivations.Start, positions * Columns);
            long rowBytes = GgmlTypeTraits.For(type).BytesFor(Columns), activationBytes = GgmlTypeTraits.For(functions.ActivationType).BytesFor(Columns);
            theirs = () => functions.Multiply(weights.Start, rowBytes, rows, peerActivations.Start, activationBytes, positions, Columns, (float*)peerOutput.Start);
            ours();
            theirs();
            RequireAlike(type, new ReadOnlySpan<float>(output.Start, rows * positions), new ReadOnlySpan<float>(peerOutput.Start, rows * positions));
        }
        double[]?[] seconds = clock.Measure(ours, theirs);
        return new ProductRates(type, positions, from, weightBytes, ProductBenchmarks.Operations(type, from, positions), PerSecond(seconds[0]!), seconds[1] is { } s ? PerSecond(s) : null);

        static Series PerSecond(double[] all) => new(all.Select(s => 1 / s));
    }

    /// <summary>Two encodings of the same activations differ in the last place; a wrong layout differs in everything.</summary>
    private static void RequireAlike(GgmlType type, ReadOnlySpan<float> ours, ReadOnlySpan<float> theirs)
    {
        double difference = 0, size = 0;
        for (int i = 0; i < ours.Length; i++)
        {
            difference += Math.Abs(ours[i] - theirs[i]);
            size += Math.Abs(ours[i]);
        }
        if (difference > 0.01 * size) throw new InvalidDataException($"{type}: products differ from the peer's by {difference / size:0.0 %} on average");
    }
}
