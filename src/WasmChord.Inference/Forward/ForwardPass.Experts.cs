using WasmChord.Kernels;
using WasmChord.Memory64;

namespace WasmChord.Inference;

public sealed partial class ForwardPass
{
    private readonly ExpertRouter? _router;
    private readonly List<SegmentId> _expected = [];

    /// <summary>
    /// Routes every position to its experts and runs each expert that is needed once, on its positions. A position's
    /// experts are added in the order of their numbers, whoever else is in the wave.
    /// </summary>
    private void RunExperts(int layer, BlockWeights block, WeightMatrix routerWeights)
    {
        int count = _rows.Count;
        Multiply(routerWeights, _buffers.Normed, count, _buffers.Routing!);
        _router!.Route(_buffers.Routing!, count);
        Expect(block);
        _buffers.Delta.First(count).Clear();
        for (int expert = 0; expert < _config.ExpertCount; expert++)
        {
            ReadOnlySpan<RoutedPosition> routed = _router.Of(expert);
            if (routed.IsEmpty) continue;
            for (int i = 0; i < routed.Length; i++) _buffers.Normed[routed[i].Row].CopyTo(_buffers.Gathered![i]);
            RunGated(layer, block, expert, _buffers.Gathered!, routed.Length, _buffers.ExpertOutput!);
            for (int i = 0; i < routed.Length; i++)
                Elementwise.AddScaled(_buffers.Delta[routed[i].Row], routed[i].Weight, _buffers.ExpertOutput![i]);
        }
    }

    private void Expect(BlockWeights block)
    {
        _expected.Clear();
        for (int expert = 0; expert < _config.ExpertCount; expert++)
        {
            if (_router!.Of(expert).IsEmpty) continue;
            for (int i = 0; i < block.GateAndUp.Count; i++) Add(block.GateAndUp[i].Matrix, expert);
            Add(block.Down, expert);
        }

        _source.Expect(_expected);

        void Add(WeightMatrix matrix, int expert)
        {
            foreach (WeightTile tile in matrix.Tiles(expert)) _expected.Add(tile.Segment.Id);
        }
    }
}
