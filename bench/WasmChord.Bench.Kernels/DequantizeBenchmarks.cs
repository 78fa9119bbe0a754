using BenchmarkDotNet.Attributes;
using WasmChord.Bench.Models;
using WasmChord.Gguf;
using WasmChord.Kernels;

namespace WasmChord.Bench.Kernels;

/// <summary>Blocks to float32, one thread: 4,096 values stay in the first cache, 4 Mi values do not stay in any.</summary>
public unsafe class DequantizeBenchmarks
{
    private AlignedBuffer? _blocks;
    private AlignedBuffer? _floats;

    [ParamsSource(nameof(Types))]
    public GgmlType Type { get; set; }

    [Params(4096, 4 << 20)]
    public int Values { get; set; }

    public static IEnumerable<GgmlType> Types => GgmlTypeTraits.All.Select(t => t.Type).Where(WeightFiller.CanFill);

    [GlobalSetup]
    public void Fill()
    {
        _blocks = new AlignedBuffer(GgmlTypeTraits.For(Type).BytesFor(Values));
        _floats = new AlignedBuffer((long)Values * sizeof(float));
        WeightFiller.ForMatrix(Type, 1 / 64.0).Fill(_blocks.Span, 1);
    }

    [GlobalCleanup]
    public void Free()
    {
        _blocks!.Dispose();
        _floats!.Dispose();
    }

    [Benchmark]
    public void ToFloat() => Dequantizer.ToFloat(Type, _blocks!.Start, (float*)_floats!.Start, Values);
}
