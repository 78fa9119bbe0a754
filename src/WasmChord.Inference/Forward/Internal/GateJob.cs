using WasmChord.Kernels;

namespace WasmChord.Inference;

/// <summary>Gates the inner rows of a feed-forward network, into their first half; threads share the positions.</summary>
internal sealed class GateJob(PassBuffers buffers) : IComputeJob
{
    internal int PositionCount { get; set; }

    public void Run(int part, int partCount)
    {
        for (int p = part; p < PositionCount; p += partCount)
        {
            Span<float> row = buffers.GateUp[p];
            GatedUnit.SiluMultiply(row[..(row.Length / 2)], row[(row.Length / 2)..], row[..(row.Length / 2)]);
        }
    }
}
