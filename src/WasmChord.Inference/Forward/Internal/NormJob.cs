using WasmChord.Kernels;

namespace WasmChord.Inference;

/// <summary>Adds what the last step made to the residual stream, and normalizes the sum; threads share the positions.</summary>
internal sealed class NormJob(PassBuffers buffers, float epsilon) : IComputeJob
{
    internal float[] Weight { get; set; } = [];

    internal bool AddsDelta { get; set; }

    internal int PositionCount { get; set; }

    public void Run(int part, int partCount)
    {
        for (int p = part; p < PositionCount; p += partCount)
        {
            Span<float> residual = buffers.Residual[p];
            if (AddsDelta) Elementwise.Add(residual, buffers.Delta[p]);
            Norms.Rms(residual, Weight, epsilon, buffers.Normed[p]);
        }
    }
}
