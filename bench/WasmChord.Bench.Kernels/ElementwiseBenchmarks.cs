using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using WasmChord.Bench.Models;
using WasmChord.Gguf;
using WasmChord.Kernels;

namespace WasmChord.Bench.Kernels;

/// <summary>What works on one row of activations, one thread, beside a copy of the row.</summary>
public class ElementwiseBenchmarks
{
    private const int HeadDim = 128;

    private float[] _x = [], _y = [], _angles = [];

    [Params(1024, 4096)]
    public int Values { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _x = new float[Values];
        _y = new float[Values];
        WeightFiller.ForMatrix(GgmlType.F32, 1).Fill(MemoryMarshal.AsBytes(_x.AsSpan()), 1);
        _angles = new float[HeadDim];
        Rope.Angles(new RopeScaling(HeadDim, 10_000), [], 1000, _angles);
    }

    [Benchmark(Baseline = true)]
    public void Copy() => _x.CopyTo(_y, 0);

    [Benchmark]
    public void Rms() => Norms.Rms(_x, _x, 1e-5f, _y);

    /// <summary>With the copy that restores the scores.</summary>
    [Benchmark]
    public void CopyAndSoftmax()
    {
        _x.CopyTo(_y, 0);
        Softmax.InPlace(_y, 0.1f);
    }

    [Benchmark]
    public void SiluMultiply() => GatedUnit.SiluMultiply(_x, _x, _y);

    [Benchmark]
    public void Add() => Elementwise.Add(_y, _x);

    [Benchmark]
    public void RotateSplitHalf() => Rope.Rotate(_y, HeadDim, _angles, RopePairing.SplitHalf);

    [Benchmark]
    public void RotateInterleaved() => Rope.Rotate(_y, HeadDim, _angles, RopePairing.Interleaved);

    [Benchmark]
    public void Angles() => Rope.Angles(new RopeScaling(HeadDim, 10_000), [], 1000, _angles);
}
