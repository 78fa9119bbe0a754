using WasmChord.Kernels;

namespace WasmChord.Inference;

/// <summary>
/// Chooses experts: the softmax of the router's scores, the largest of it, divided by their sum (arXiv:2401.04088). Of
/// equals the lower number wins.
/// </summary>
internal sealed class ExpertRouter(ModelConfig config, int maxPositions)
{
    private readonly RoutedPosition[] _chosen = new RoutedPosition[config.ExpertUsedCount * maxPositions]; // by position
    private readonly int[] _experts = new int[config.ExpertUsedCount * maxPositions]; // whom each of the chosen goes to
    private readonly RoutedPosition[] _routed = new RoutedPosition[config.ExpertUsedCount * maxPositions]; // by expert
    private readonly int[] _ends = new int[config.ExpertCount + 1]; // where an expert's positions end; its predecessor's end is its start

    /// <summary>The positions of one expert, in the order of their rows.</summary>
    internal ReadOnlySpan<RoutedPosition> Of(int expert) => _routed.AsSpan(_ends[expert].._ends[expert + 1]);

    /// <summary>Routes positions by their scores, which are overwritten.</summary>
    internal void Route(FloatRows scores, int count)
    {
        int used = config.ExpertUsedCount;
        Array.Clear(_ends);
        for (int row = 0; row < count; row++)
        {
            Span<float> probabilities = scores[row];
            Softmax.InPlace(probabilities);
            Choose(probabilities, row);
            foreach (int expert in _experts.AsSpan(row * used, used)) _ends[expert + 1]++;
        }

        // From counts to starts, shifted by one; filling then moves each start to its end.
        for (int expert = config.ExpertCount - 1, total = count * used; expert >= 0; expert--)
        {
            total -= _ends[expert + 1];
            _ends[expert + 1] = total;
        }

        for (int i = 0; i < count * used; i++) _routed[_ends[_experts[i] + 1]++] = _chosen[i];
    }

    private void Choose(ReadOnlySpan<float> probabilities, int row)
    {
        Span<int> experts = _experts.AsSpan(row * config.ExpertUsedCount, config.ExpertUsedCount);
        float sum = 0;
        for (int k = 0; k < experts.Length; k++)
        {
            int best = -1;
            for (int e = 0; e < probabilities.Length; e++)
                if ((best < 0 || probabilities[e] > probabilities[best]) && !experts[..k].Contains(e)) best = e;
            experts[k] = best;
            sum += probabilities[best];
        }

        for (int k = 0; k < experts.Length; k++)
            _chosen[row * experts.Length + k] = new RoutedPosition(row, probabilities[experts[k]] / sum * config.ExpertWeightScale);
    }
}
