using WasmChord.Kernels;

namespace WasmChord.Inference;

/// <summary>
/// Chooses experts: the softmax of the router's scores, the largest of it, divided by their sum (arXiv:2401.04088). Of
/// equals the lower number wins.
/// </summary>
internal sealed class ExpertRouter(ModelConfig config, int maxPositions)
{
    private readonly RoutedPosition[] _routed = new RoutedPosition[config.ExpertCount * maxPositions];
    private readonly int[] _counts = new int[config.ExpertCount];
    private readonly int[] _chosen = new int[config.ExpertUsedCount];

    /// <summary>The positions of one expert, in the order of their rows.</summary>
    internal ReadOnlySpan<RoutedPosition> Of(int expert) => _routed.AsSpan(expert * maxPositions, _counts[expert]);

    /// <summary>Routes positions by their scores, which are overwritten.</summary>
    internal void Route(FloatRows scores, int count)
    {
        Array.Clear(_counts);
        for (int row = 0; row < count; row++)
        {
            Span<float> probabilities = scores[row];
            Softmax.InPlace(probabilities);
            float sum = Choose(probabilities);
            foreach (int expert in _chosen)
                _routed[expert * maxPositions + _counts[expert]++] = new RoutedPosition(row, probabilities[expert] / sum * config.ExpertWeightScale);
        }
    }

    private float Choose(ReadOnlySpan<float> probabilities)
    {
        float sum = 0;
        for (int k = 0; k < _chosen.Length; k++)
        {
            int best = -1;
            for (int e = 0; e < probabilities.Length; e++)
                if ((best < 0 || probabilities[e] > probabilities[best]) && _chosen.AsSpan(0, k).IndexOf(e) < 0) best = e;
            _chosen[k] = best;
            sum += probabilities[best];
        }

        return sum;
    }
}
