using System.Runtime.InteropServices;
using WasmChord.Gguf;
using WasmChord.Kernels;
using WasmChord.Memory64;

namespace WasmChord.Inference;

/// <summary>
/// Multiplies the rows of one tile by the activations of all positions. Threads take the next few rows whenever they are
/// through with some, so that one which is held up leaves more to the others.
/// </summary>
internal sealed class MultiplyJob(NativeBuffer encoded, MatMulScheme scheme) : IComputeJob
{
    // Rows are handed out in multiples of what kernels take at once.
    private const int RowGrain = 8;

    // Pieces of a tile for each thread: many enough to even out, few enough that taking one costs nothing beside it.
    private const int PiecesPerThread = 8;

    private WeightTile _tile;
    private int _nextGrain;

    internal LayerLease Lease { get; set; } = null!;

    /// <summary>The tile; setting it begins a new job.</summary>
    internal WeightTile Tile
    {
        get => _tile;
        set => (_tile, _nextGrain) = (value, 0);
    }

    internal WeightMatrix Matrix { get; set; } = null!;

    internal int PositionCount { get; set; }

    internal int EncodedRowBytes { get; set; }

    internal FloatRows Output { get; set; } = null!;

    internal int OutputOffset { get; set; }

    public void Run(int part, int partCount)
    {
        int rows = _tile.RowCount, grains = (rows + RowGrain - 1) / RowGrain;
        int piece = Math.Max(1, grains / (PiecesPerThread * partCount));
        int grain = Interlocked.Add(ref _nextGrain, piece) - piece;
        if (grain >= grains) return;
        if (!Lease.TryRead(out LeaseReader reader))
            throw new WeightsUnavailableException($"the lease of {Matrix.Tensor.Name} was taken back during a wave");
        using (reader)
        {
            for (; grain < grains; grain = Interlocked.Add(ref _nextGrain, piece) - piece)
                Multiply(reader.Bytes(_tile.Segment), grain * RowGrain, Math.Min(rows, (grain + piece) * RowGrain));
        }
    }

    private void Multiply(ReadOnlySpan<byte> tile, int from, int to)
    {
        int rowBytes = (int)Matrix.Tensor.RowBytes;
        ReadOnlySpan<byte> weights = tile.Slice(from * rowBytes, (to - from) * rowBytes);
        ReadOnlySpan<byte> activations = encoded.Span[..(PositionCount * EncodedRowBytes)];
        Span<float> output = Output.All[(OutputOffset + _tile.FirstRow + from)..];
        GgmlType type = Matrix.Tensor.Type;
        if (scheme == MatMulScheme.Integer)
            MatMul.Multiply(type, weights, Matrix.Columns, activations, PositionCount, output, Output.Columns);
        else
            MatMul.MultiplyFloat(type, weights, Matrix.Columns, MemoryMarshal.Cast<byte, float>(activations), PositionCount, output, Output.Columns);
    }
}
