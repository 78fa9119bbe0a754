namespace WasmChord.Inference.Tests;

/// <summary>
/// Each step alone, with the cases and results of llama.cpp's own test (tests/test-sampling.cpp), and the paths of the
/// sampler against a plain one. Chance is known here, so that a distribution is told exactly by which token each number falls on.
/// </summary>
public sealed class SamplerStepsTests
{
    private static readonly SamplerOptions s_off = new() { Temperature = 1, TopK = 0, TopP = 1, MinP = 0 };
    private static readonly float[] s_four = [0.1f, 0.2f, 0.3f, 0.4f];

    [Theory]
    [InlineData(1, new[] { 1f })]
    [InlineData(3, new[] { 0.44444f, 0.33333f, 0.22222f })]
    [InlineData(4, new[] { 0.4f, 0.3f, 0.2f, 0.1f })]
    [InlineData(0, new[] { 0.4f, 0.3f, 0.2f, 0.1f })]
    public void TopK_OfFour(int k, float[] expected) => AssertFalling(s_off with { TopK = k }, s_four, expected);

    [Theory]
    [InlineData(0f, new[] { 1f })]
    [InlineData(0.7f, new[] { 0.571429f, 0.428571f })]
    [InlineData(0.8f, new[] { 0.44444f, 0.33333f, 0.22222f })]
    [InlineData(1f, new[] { 0.4f, 0.3f, 0.2f, 0.1f })]
    public void TopP_OfFour(float p, float[] expected)
    {
        AssertFalling(s_off with { TopP = p }, s_four, expected);
        AssertFalling(s_off with { TopP = p, TopK = 4 }, s_four, expected);
    }

    [Theory]
    [InlineData(0f, new[] { 0.4f, 0.3f, 0.2f, 0.1f })]
    [InlineData(0.24f, new[] { 0.4f, 0.3f, 0.2f, 0.1f })]
    [InlineData(0.26f, new[] { 0.4f / 0.9f, 0.3f / 0.9f, 0.2f / 0.9f })]
    [InlineData(0.49f, new[] { 0.4f / 0.9f, 0.3f / 0.9f, 0.2f / 0.9f })]
    [InlineData(0.51f, new[] { 0.4f / 0.7f, 0.3f / 0.7f })]
    [InlineData(0.74f, new[] { 0.4f / 0.7f, 0.3f / 0.7f })]
    [InlineData(0.76f, new[] { 1f })]
    [InlineData(1f, new[] { 1f })]
    public void MinP_OfFour(float p, float[] expected)
    {
        AssertFalling(s_off with { MinP = p }, s_four, expected);
        AssertFalling(s_off with { MinP = p, TopK = 4 }, s_four, expected);
    }

    [Theory]
    [InlineData(0.09f, new[] { 1f })]
    [InlineData(0.19f, new[] { 0.2f / 0.3f, 0.1f / 0.3f })]
    [InlineData(0.29f, new[] { 0.3f / 0.6f, 0.2f / 0.6f, 0.1f / 0.6f })]
    [InlineData(0.39f, new[] { 0.4f, 0.3f, 0.2f, 0.1f })]
    [InlineData(0.51f, new[] { 0.4f, 0.3f, 0.2f, 0.1f })]
    public void Xtc_OfFour(float threshold, float[] expected)
    {
        // The candidates are those at the end of the falling order.
        int dropped = 4 - expected.Length;
        AssertDistribution(s_off with { XtcProbability = 1, XtcThreshold = threshold }, s_four, [.. expected.Select((p, i) => (3 - dropped - i, p))]);
    }

    [Theory]
    [InlineData(1f, new[] { 0.571429f, 0.428571f })]
    [InlineData(3f, new[] { 0.4f, 0.3f, 0.2f, 0.1f })]
    [InlineData(-1f, new[] { 0.4f, 0.3f, 0.2f, 0.1f })]
    public void TopNSigma_OfFour(float n, float[] expected) => AssertFalling(s_off with { TopNSigma = n }, s_four, expected);

    [Fact]
    public void Typical_OfFour()
    {
        AssertDistribution(s_off with { TypicalP = 0.5f }, [0.97f, 0.01f, 0.01f, 0.01f], [(0, 1f)]);
        AssertDistribution(s_off with { TypicalP = 0.5f }, [0.4f, 0.2f, 0.2f, 0.2f], [(1, 1 / 3f), (2, 1 / 3f), (3, 1 / 3f)]);
    }

    [Theory]
    [InlineData(50f, 0f, 0f, new[] { 0 }, new[] { 0f, 0.25f, 0.25f, 0.25f, 0.25f })]
    [InlineData(50f, 0f, 0f, new[] { 0, 1, 2 }, new[] { 0f, 0f, 0f, 0.5f, 0.5f })]
    [InlineData(50f, 0f, 0f, new[] { 0, 1, 2, 0, 0 }, new[] { 0f, 0f, 0f, 0.5f, 0.5f })]
    [InlineData(1f, 5f, 5f, new[] { 0 }, new[] { 0.000011f, 0.249997f, 0.249997f, 0.249997f, 0.249997f })]
    [InlineData(1f, 5f, 5f, new[] { 0, 1, 2 }, new[] { 0.000023f, 0.000023f, 0.000023f, 0.499966f, 0.499966f })]
    [InlineData(1f, 5f, 5f, new[] { 0, 1, 2, 0, 0 }, new[] { 0f, 0.000023f, 0.000023f, 0.499977f, 0.499977f })]
    public void Penalties_OfFiveEqual(float repetition, float frequency, float presence, int[] seen, float[] expected)
    {
        SamplerOptions options = s_off with { RepetitionPenalty = repetition, FrequencyPenalty = frequency, PresencePenalty = presence };
        (int Token, float P)[] falling = [.. expected.Select((p, i) => (i, p)).OrderByDescending(t => t.p)];
        AssertDistribution(options, [0.2f, 0.2f, 0.2f, 0.2f, 0.2f], falling, seen);
    }

    [Theory]
    [InlineData(1f, 0f, 1f, new[] { 0.4f, 0.3f, 0.2f, 0.1f })]
    [InlineData(0.5f, 0f, 1f, new[] { 0.53333f, 0.3f, 0.13333f, 0.03333f })]
    // Entropy 1.2799 of at most 1.3863: 0.5 + 1 * 0.9232 = 1.4232; powers of 1 / 1.4232.
    [InlineData(1f, 0.5f, 1f, new[] { 0.35600f, 0.29085f, 0.21874f, 0.13441f })]
    public void Temperature_WithARange_FollowsTheEntropy(float temperature, float range, float exponent, float[] expected)
    {
        double entropy = -s_four.Sum(p => p * Math.Log(p)), actual = temperature;
        if (range > 0) actual = temperature - range + 2 * range * Math.Pow(entropy / Math.Log(4), exponent);
        double[] powers = [.. s_four.Reverse().Select(p => Math.Pow(p, 1 / actual))];
        for (int i = 0; i < 4; i++) Assert.Equal(expected[i], powers[i] / powers.Sum(), 3);
        AssertFalling(s_off with { Temperature = temperature, TemperatureRange = range, TemperatureExponent = exponent }, s_four, [.. powers.Select(p => (float)(p / powers.Sum()))]);
    }

    [Fact]
    public void Ties_WhereverTheyFall_GoToTheLowerToken()
    {
        float[] logits = new float[1000];
        foreach (int k in new[] { 3, 100, 600 })
        {
            HashSet<int> seen = [];
            for (ulong seed = 0; seed < 4000; seed++) seen.Add(new Sampler(s_off with { TopK = k, Seed = seed }, 1000).Sample((float[])logits.Clone()).Value);
            Assert.True(seen.Max() < k && seen.Count > k * 0.9);
        }
    }

    [Fact]
    public void Sample_OnRandomLogitsAndOptions_AgreesWithAPlainSampler()
    {
        Random random = new(11);
        int compared = 0;
        for (int round = 0; round < 1_200; round++)
        {
            // Large ones take the path by selection, small ones that by sorting.
            int vocabulary = random.Next(8) == 0 ? random.Next(4_000, 9_000) : random.Next(1, 700);
            // Steps of a sixteenth make ties.
            float[] logits = [.. Enumerable.Range(0, vocabulary).Select(_ => random.Next(20) == 0 ? float.NegativeInfinity : MathF.Round((float)(random.NextDouble() * random.Next(1, 20)) * 16) / 16)];
            if (Array.TrueForAll(logits, float.IsNegativeInfinity)) continue;
            SamplerOptions options = new()
            {
                Temperature = 0.2f + (float)random.NextDouble() * 2, Seed = (ulong)round,
                TopK = random.Next(2) == 0 ? 0 : random.Next(1, 200), TopP = random.Next(2) == 0 ? 1 : (float)random.NextDouble(),
                MinP = random.Next(2) == 0 ? 0 : (float)random.NextDouble() * 0.3f, TypicalP = random.Next(3) != 0 ? 1 : (float)random.NextDouble(),
                TopNSigma = random.Next(4) == 0 ? 1 + (float)random.NextDouble() : -1, XtcProbability = random.Next(4) == 0 ? 0.5f : 0,
            };
            (int? expected, bool clear) = Plain(options, logits);
            if (!clear) continue;
            compared++;
            Assert.Equal(expected, new Sampler(options, vocabulary).Sample((float[])logits.Clone()).Value);
        }

        Assert.True(compared > 1_000, $"{compared}");
    }

    /// <summary>The steps with lists and doubles; not clear where a bound or the number drawn is too near to tell.</summary>
    private static (int? Token, bool Clear) Plain(SamplerOptions o, float[] logits)
    {
        const double Near = 1e-5;
        bool clear = true;
        List<(int Token, double Logit)> c = [.. logits.Select((l, i) => (i, (double)l)).Where(t => !double.IsNegativeInfinity(t.Item2))];
        if (o.TopNSigma > 0)
        {
            double mean = c.Average(t => t.Logit), bound = c.Max(t => t.Logit) - o.TopNSigma * Math.Sqrt(c.Average(t => (t.Logit - mean) * (t.Logit - mean)));
            clear &= c.TrueForAll(t => Math.Abs(t.Logit - bound) > Near || c.Count == 1);
            c.RemoveAll(t => t.Logit < bound);
        }

        c = [.. c.OrderByDescending(t => t.Logit).ThenBy(t => t.Token)];
        if (o.TopK > 0) c = [.. c.Take(o.TopK)];
        if (o.TypicalP < 1)
        {
            double[] p = Softmax(c, 1);
            double entropy = -p.Sum(v => v * Math.Log(v)), sum = 0;
            List<int> order = [.. Enumerable.Range(0, c.Count).OrderBy(i => (float)Math.Abs(-Math.Log(p[i]) - entropy)).ThenBy(i => i)];
            List<(int, double)> kept = [];
            foreach (int i in order)
            {
                kept.Add(c[i]);
                sum += p[i];
                clear &= Math.Abs(sum - o.TypicalP) > Near;
                if (sum > o.TypicalP) break;
            }

            // Which of two equally near ones comes first is settled in single precision, and rounding may differ.
            clear &= order.Zip(order.Skip(1)).All(t => c[t.First].Logit == c[t.Second].Logit || Math.Abs(Math.Abs(-Math.Log(p[t.First]) - entropy) - Math.Abs(-Math.Log(p[t.Second]) - entropy)) > Near);
            c = [.. kept.Select(t => (t.Item1, t.Item2)).OrderByDescending(t => t.Item2).ThenBy(t => t.Item1)];
        }

        if (o.TopP < 1)
        {
            double[] p = Softmax(c, 1);
            double sum = 0;
            int count = 0;
            while (count < c.Count && sum < o.TopP)
            {
                sum += p[count++];
                clear &= Math.Abs(sum - o.TopP) > Near;
            }

            c = [.. c.Take(Math.Max(count, 1))];
        }

        if (o.MinP > 0)
        {
            double least = c[0].Logit + Math.Log(o.MinP);
            clear &= c.TrueForAll(t => Math.Abs(t.Logit - least) > Near);
            c = [.. c.Where(t => t.Logit >= least)];
        }

        if (o.XtcProbability > 0 && c.Count > 1 && Chance.Uniform(o.Seed, 0, 1) <= o.XtcProbability)
        {
            double[] p = Softmax(c, 1);
            clear &= Array.TrueForAll(p, v => Math.Abs(v - o.XtcThreshold) > Near);
            int last = Array.FindLastIndex(p, v => v >= o.XtcThreshold);
            if (last > 0) c = [.. c.Skip(last)];
        }

        double u = Chance.Uniform(o.Seed, 0), reached = 0;
        foreach (((int token, _), double p) in c.Zip(Softmax(c, o.Temperature)))
        {
            reached += p;
            clear &= Math.Abs(reached - u) > Near;
            if (u < reached) return (token, clear);
        }

        return (null, false);
    }

    private static double[] Softmax(List<(int Token, double Logit)> c, double temperature)
    {
        double max = c.Max(t => t.Logit);
        double[] p = [.. c.Select(t => Math.Exp((t.Logit - max) / temperature))];
        double sum = p.Sum();
        return [.. p.Select(v => v / sum)];
    }

    /// <summary>The probabilities of the last tokens first: those of <see cref="s_four"/> in falling order.</summary>
    private static void AssertFalling(SamplerOptions options, float[] probabilities, float[] expected) =>
        AssertDistribution(options, probabilities, [.. expected.Select((p, i) => (probabilities.Length - 1 - i, p))]);

    private static void AssertDistribution(SamplerOptions options, float[] probabilities, (int Token, float P)[] expected, params int[] seen)
    {
        for (ulong seed = 0; seed < 1_000; seed++)
        {
            double u = Chance.Uniform(seed, 0), reached = 0;
            int i = 0;
            while (i < expected.Length - 1 && (reached += expected[i].P) <= u) i++;
            if (i < expected.Length - 1 && Math.Abs(reached - u) < 1e-4) continue;
            Sampler sampler = new(options with { Seed = seed }, probabilities.Length);
            foreach (int token in seen) sampler.Observe(new TokenId(token));
            Assert.Equal(expected[i].Token, sampler.Sample([.. probabilities.Select(p => MathF.Log(p))]).Value);
        }
    }
}
