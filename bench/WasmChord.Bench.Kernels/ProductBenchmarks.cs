using BenchmarkDotNet.Attributes;
using WasmChord.Bench.Models;
using WasmChord.Gguf;
using WasmChord.Kernels;

namespace WasmChord.Bench.Kernels;

/// <summary>
/// Rows of weights times activations, one thread: one position is decode, 64 are prefill. Narrower paths are measured
/// by running with <c>DOTNET_EnableAVX512=0</c> or <c>DOTNET_EnableAVX2=0</c>.
/// </summary>
public class ProductBenchmarks
{
    /// <summary>Values of a row.</summary>
    internal const int ColumnCount = 4096;

    private const int CacheRows = 64;
    private const long MemoryBytes = 64L << 20;

    private AlignedBuffer? _weights;
    private byte[] _activations = [];
    private float[] _floats = [];
    private float[] _output = [];
    private int _rows;

    [ParamsSource(nameof(Types))]
    public GgmlType Type { get; set; }

    [Params(1, 64)]
    public int Positions { get; set; }

    [Params(WeightPlace.Cache, WeightPlace.Memory)]
    public WeightPlace From { get; set; }

    public static IEnumerable<GgmlType> Types => GgmlTypeTraits.All.Select(t => t.Type).Where(WeightFiller.CanFill);

    /// <summary>Rows of weights at a place.</summary>
    internal static int Rows(GgmlType type, WeightPlace from) =>
        from == WeightPlace.Cache ? CacheRows : (int)(MemoryBytes / GgmlTypeTraits.For(type).BytesFor(ColumnCount));

    /// <summary>Bytes of weights that one product reads.</summary>
    internal static long WeightBytes(GgmlType type, WeightPlace from) =>
        Rows(type, from) * GgmlTypeTraits.For(type).BytesFor(ColumnCount);

    /// <summary>Multiplications and additions of one product.</summary>
    internal static double Operations(GgmlType type, WeightPlace from, int positions) =>
        2.0 * Rows(type, from) * ColumnCount * positions;

    [GlobalSetup]
    public void Fill()
    {
        _rows = Rows(Type, From);
        _weights = new AlignedBuffer(WeightBytes(Type, From));
        WeightFiller.ForMatrix(Type, 1 / 64.0).Fill(_weights.Span, 1);
        var random = new Random(2);
        _floats = new float[Positions * ColumnCount];
        for (int i = 0; i < _floats.Length; i++) _floats[i] = 2 * random.NextSingle() - 1;
        GgmlType type = Activations.TypeFor(Type);
        _activations = new byte[GgmlTypeTraits.For(type).BytesFor(_floats.Length)];
        Activations.Encode(type, _floats, _activations);
        _output = new float[Positions * _rows];
    }

    [GlobalCleanup]
    public void Free() => _weights!.Dispose();

    /// <summary>Integer products against encoded activations.</summary>
    [Benchmark]
    public void Multiply() => MatMul.Multiply(Type, _weights!.Span, ColumnCount, _activations, Positions, _output, _rows);

    /// <summary>Float products of dequantized weights.</summary>
    [Benchmark]
    public void MultiplyFloat() => MatMul.MultiplyFloat(Type, _weights!.Span, ColumnCount, _floats, Positions, _output, _rows);
}
