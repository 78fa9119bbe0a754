using BenchmarkDotNet.Attributes;
using WasmChord.Bench.Models;
using WasmChord.Gguf;
using WasmChord.Kernels;

namespace WasmChord.Bench.Kernels;

/// <summary>Float32 to blocks, one thread. Q8_0 and Q8_K are what activations become before every product.</summary>
public unsafe class QuantizeBenchmarks
{
    private AlignedBuffer? _blocks;
    private AlignedBuffer? _floats;

    [ParamsSource(nameof(Types))]
    public GgmlType Type { get; set; }

    [Params(4096, 4 << 20)]
    public int Values { get; set; }

    public static IEnumerable<GgmlType> Types => GgmlTypeTraits.All.Select(t => t.Type).Where(Quantizer.CanQuantize);

    [GlobalSetup]
    public void Fill()
    {
        _blocks = new AlignedBuffer(GgmlTypeTraits.For(Type).BytesFor(Values));
        _floats = new AlignedBuffer((long)Values * sizeof(float));
        WeightFiller.ForMatrix(GgmlType.F32, 1 / 64.0).Fill(_floats.Span, 1);
    }

    [GlobalCleanup]
    public void Free()
    {
        _blocks!.Dispose();
        _floats!.Dispose();
    }

    [Benchmark]
    public void FromFloat() => Quantizer.FromFloat(Type, (float*)_floats!.Start, _blocks!.Start, Values);
}
