using System.Runtime.InteropServices;
using WasmChord.Gguf;
using WasmChord.Kernels;
using WasmChord.Memory64;

namespace WasmChord.Inference;

/// <summary>Multiplies the rows of one tile by the activations of all positions; threads share the rows.</summary>
internal sealed class MultiplyJob(NativeBuffer encoded, MatMulScheme scheme) : IComputeJob
{
    // Rows are handed out in multiples of what kernels take at once.
    private const int RowGrain = 8;

    internal LayerLease Lease { get; set; } = null!;

    internal WeightTile Tile { get; set; }

    internal WeightMatrix Matrix { get; set; } = null!;

    internal int PositionCount { get; set; }

    internal int EncodedRowBytes { get; set; }

    internal FloatRows Output { get; set; } = null!;

    internal int OutputOffset { get; set; }

    public void Run(int part, int partCount)
    {
        int grains = (Tile.RowCount + RowGrain - 1) / RowGrain;
        int from = (int)((long)grains * part / partCount) * RowGrain, to = Math.Min(Tile.RowCount, (int)((long)grains * (part + 1) / partCount) * RowGrain);
        if (from >= to) return;
        if (!Lease.TryRead(out LeaseReader reader))
            throw new WeightsUnavailableException($"the lease of {Matrix.Tensor.Name} was taken back during a wave");
        using (reader)
        {
            int rowBytes = (int)Matrix.Tensor.RowBytes;
            ReadOnlySpan<byte> weights = reader.Bytes(Tile.Segment).Slice(from * rowBytes, (to - from) * rowBytes);
            ReadOnlySpan<byte> activations = encoded.Span[..(PositionCount * EncodedRowBytes)];
            Span<float> output = Output.All[(OutputOffset + Tile.FirstRow + from)..];
            GgmlType type = Matrix.Tensor.Type;
            if (scheme == MatMulScheme.Integer)
                MatMul.Multiply(type, weights, Matrix.Columns, activations, PositionCount, output, Output.Columns);
            else
                MatMul.MultiplyFloat(type, weights, Matrix.Columns, MemoryMarshal.Cast<byte, float>(activations), PositionCount, output, Output.Columns);
        }
    }
}
