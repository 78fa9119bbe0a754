using WasmChord.Inference;

namespace WasmChord.Cli;

/// <summary>Sums the negative logarithms of the probabilities that a model gave to the tokens that came.</summary>
internal sealed class Surprise
{
    private double _sum, _sumOfSquares;

    /// <summary>Tokens counted.</summary>
    internal int Count { get; private set; }

    /// <summary>The exponential of the mean.</summary>
    internal double Perplexity => Math.Exp(_sum / Count);

    /// <summary>Standard error of the perplexity, from the variance of the mean.</summary>
    internal double Error
    {
        get
        {
            double mean = _sum / Count, variance = _sumOfSquares / Count - mean * mean;
            return Count < 2 || variance <= 0 ? 0 : Math.Sqrt(variance / (Count - 1)) * Perplexity;
        }
    }

    /// <summary>Counts a token.</summary>
    /// <param name="logits">(vocabulary) before it.</param>
    /// <param name="token">The token that came.</param>
    internal void Add(ReadOnlySpan<float> logits, TokenId token)
    {
        float max = float.NegativeInfinity;
        foreach (float l in logits) max = MathF.Max(max, l);
        double sum = 0;
        foreach (float l in logits) sum += Math.Exp(l - max);
        double surprise = Math.Log(sum) + max - logits[token.Value];
        _sum += surprise;
        _sumOfSquares += surprise * surprise;
        Count++;
    }

    /// <summary>Counts all that another has counted.</summary>
    internal void Add(Surprise other)
    {
        _sum += other._sum;
        _sumOfSquares += other._sumOfSquares;
        Count += other.Count;
    }
}
