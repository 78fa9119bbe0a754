using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using WasmChord.Bench.Models;
using WasmChord.Gguf;
using WasmChord.Kernels;

namespace WasmChord.Bench.Kernels;

/// <summary>
/// One KV head over a context, one thread: the scores of its query heads, and the weighted sum of values. Bytes of keys,
/// or of values, per call: Context · head dim · bytes of a value.
/// </summary>
public class AttentionBenchmarks
{
    private const int HeadDim = 128, PagePositions = 32;

    private byte[] _rows = [], _copy = [];
    private float[] _queries = [], _scores = [], _partials = [], _output = [];

    [Params(GgmlType.F32, GgmlType.F16, GgmlType.Q8_0)]
    public GgmlType Type { get; set; }

    [Params(1, 4)]
    public int Heads { get; set; }

    [Params(1024)]
    public int Context { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        float[] values = new float[Context * HeadDim];
        FillFloats(values, 1);
        _rows = new byte[Context * KvRows.RowBytes(Type, HeadDim)];
        _copy = new byte[_rows.Length];
        KvRows.Encode(Type, values, _rows);
        _queries = new float[Heads * HeadDim];
        FillFloats(_queries, 2);
        _scores = new float[Heads * Context];
        Array.Fill(_scores, 1f / Context);
        _partials = new float[Heads * Attention.PartialCount * HeadDim];
        _output = new float[Heads * HeadDim];
    }

    [Benchmark(Baseline = true)]
    public void CopyRows() => _rows.CopyTo(_copy, 0);

    [Benchmark]
    public void Scores()
    {
        int rowBytes = _rows.Length / Context;
        for (int from = 0; from < Context; from += PagePositions)
            Attention.Scores(Type, _queries, HeadDim, _rows.AsSpan(from * rowBytes, PagePositions * rowBytes), 0.1f, _scores.AsSpan(from), Context);
    }

    [Benchmark]
    public void WeightedSum()
    {
        int rowBytes = _rows.Length / Context;
        _partials.AsSpan().Clear();
        for (int from = 0; from < Context; from += PagePositions)
            Attention.AddWeighted(Type, _rows.AsSpan(from * rowBytes, PagePositions * rowBytes), HeadDim, from, _scores.AsSpan(from), Context, _partials);
        Attention.Combine(_partials, HeadDim, _output);
    }

    private static void FillFloats(float[] values, ulong seed) =>
        WeightFiller.ForMatrix(GgmlType.F32, 1).Fill(MemoryMarshal.AsBytes(values.AsSpan()), seed);
}
