using WasmChord.Gguf;

namespace WasmChord.Inference.Tests;

/// <summary>
/// The families by their published definitions, in double precision and with plain loops, over the weights that a
/// <see cref="TinyModel"/> says it has. It shares nothing with the code under test: not the configuration, not the
/// tensors' binding, no kernel.
/// </summary>
internal sealed class NaiveTransformer
{
    private readonly TinyModel _m;
    private readonly Dictionary<string, (TensorShape Shape, float[] Values)> _tensors;

    public NaiveTransformer(TinyModel model)
    {
        _m = model;
        _tensors = model.MakeTensors();
        AngleOf = (position, pair) => position * Math.Pow(model.FrequencyBase, -2.0 * pair / RopeDimensions);
    }

    /// <summary>Values of a head that turn.</summary>
    public int RopeDimensions { get => field == 0 ? _m.KeyDim : field; init; }

    /// <summary>The angle of a pair at a position.</summary>
    public Func<int, int, double> AngleOf { get; init; }

    /// <summary>What turned values are multiplied by.</summary>
    public double RopeMagnitude { get; init; } = 1;

    public double? AttentionScale { get; init; }

    /// <summary>Positions seen, the own included.</summary>
    public int Window { get; init; } = int.MaxValue;

    /// <summary>What a query is multiplied by at a position.</summary>
    public Func<int, double> QueryScaleOf { get; init; } = _ => 1;

    public double ExpertScale { get; init; } = 1;

    /// <summary>(tokens, vocabulary).</summary>
    public double[][] Logits(TokenId[] tokens)
    {
        double[][] x = [.. tokens.Select(t => Row("token_embd.weight", t.Value))];
        for (int b = 0; b < _m.Blocks; b++)
        {
            string p = $"blk.{b}.";
            double[][] attended = Attention(p, [.. x.Select(r => Norm(r, p + "attn_norm.weight"))]);
            for (int t = 0; t < x.Length; t++)
            {
                double[] h = Add(x[t], Times(p + "attn_output.weight", attended[t]));
                double[] n = Norm(h, p + "ffn_norm.weight");
                x[t] = Add(h, _m.Experts > 0 ? Mixture(p, n) : Dense(p, n));
            }
        }

        string head = _m.IsTied ? "token_embd.weight" : "output.weight";
        return [.. x.Select(r => Times(head, Norm(r, "output_norm.weight")))];
    }

    private double[][] Attention(string p, double[][] inputs)
    {
        int heads = _m.Heads, kvHeads = _m.KvHeads, keyDim = _m.KeyDim, valueDim = _m.ValueDim;
        double[][] queries = new double[inputs.Length][], keys = new double[inputs.Length][], values = new double[inputs.Length][];
        for (int t = 0; t < inputs.Length; t++)
        {
            (queries[t], keys[t], values[t]) = Project(p, inputs[t]);
            for (int h = 0; h < heads; h++) Prepare(queries[t].AsSpan(h * keyDim, keyDim), p + "attn_q_norm.weight", t, QueryScaleOf(t));
            for (int h = 0; h < kvHeads; h++) Prepare(keys[t].AsSpan(h * keyDim, keyDim), p + "attn_k_norm.weight", t, 1);
        }

        double[][] outputs = new double[inputs.Length][];
        for (int t = 0; t < inputs.Length; t++)
        {
            outputs[t] = new double[heads * valueDim];
            for (int h = 0; h < heads; h++)
            {
                int g = h * kvHeads / heads;
                double[] weights = new double[t + 1];
                for (int s = 0; s <= t; s++)
                {
                    double dot = 0;
                    for (int i = 0; i < keyDim; i++) dot += queries[t][h * keyDim + i] * keys[s][g * keyDim + i];
                    weights[s] = t - s < Window ? Math.Exp(dot * (AttentionScale ?? 1 / Math.Sqrt(keyDim))) : 0;
                }

                double sum = weights.Sum();
                for (int s = 0; s <= t; s++)
                    for (int i = 0; i < valueDim; i++) outputs[t][h * valueDim + i] += weights[s] / sum * values[s][g * valueDim + i];
            }
        }

        return outputs;
    }

    private (double[] Queries, double[] Keys, double[] Values) Project(string p, double[] input)
    {
        if (!_m.IsFused) return (Times(p + "attn_q.weight", input), Times(p + "attn_k.weight", input), Times(p + "attn_v.weight", input));
        int q = _m.Heads * _m.KeyDim, k = q + _m.KvHeads * _m.KeyDim;
        double[] all = Times(p + "attn_qkv.weight", input);
        return (all[..q], all[q..k], all[k..]);
    }

    private void Prepare(Span<double> head, string norm, int position, double scale)
    {
        if (_m.NormalizesHeads) Norm(head.ToArray(), norm).CopyTo(head);
        bool neighbours = _m.Architecture is "llama" or "mistral3";
        for (int i = 0; i < RopeDimensions / 2; i++)
        {
            int first = neighbours ? 2 * i : i, second = neighbours ? 2 * i + 1 : i + RopeDimensions / 2;
            (double sin, double cos) = Math.SinCos(AngleOf(position, i));
            (head[first], head[second]) = (
                RopeMagnitude * (head[first] * cos - head[second] * sin),
                RopeMagnitude * (head[first] * sin + head[second] * cos));
        }

        for (int i = 0; i < head.Length; i++) head[i] *= scale;
    }

    private double[] Dense(string p, double[] input)
    {
        double[] gate, up;
        if (_m.IsFused)
        {
            double[] both = Times(p + "ffn_up.weight", input);
            (gate, up) = (both[.._m.FeedForward], both[_m.FeedForward..]);
        }
        else
        {
            (gate, up) = (Times(p + "ffn_gate.weight", input), Times(p + "ffn_up.weight", input));
        }

        return Times(p + "ffn_down.weight", Gated(gate, up));
    }

    private double[] Mixture(string p, double[] input)
    {
        double[] scores = Times(p + "ffn_gate_inp.weight", input);
        int[] chosen = [.. Enumerable.Range(0, scores.Length).OrderByDescending(e => scores[e]).Take(_m.ExpertsUsed)];
        // The softmax over all, renormalized over the chosen, is the softmax over the chosen.
        double sum = chosen.Sum(e => Math.Exp(scores[e]));
        double[] output = new double[input.Length];
        foreach (int e in chosen)
        {
            double[] inner = Gated(Times(p + "ffn_gate_exps.weight", input, e), Times(p + "ffn_up_exps.weight", input, e));
            double[] one = Times(p + "ffn_down_exps.weight", inner, e);
            for (int i = 0; i < output.Length; i++) output[i] += ExpertScale * Math.Exp(scores[e]) / sum * one[i];
        }

        return output;
    }

    private static double[] Gated(double[] gate, double[] up) => [.. gate.Zip(up, (g, u) => g / (1 + Math.Exp(-g)) * u)];

    private static double[] Add(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];

    private double[] Norm(double[] x, string weight)
    {
        float[] w = _tensors[weight].Values;
        double scale = 1 / Math.Sqrt(x.Sum(v => v * v) / x.Length + 1e-5);
        return [.. x.Select((v, i) => v * scale * w[i])];
    }

    private double[] Row(string name, int row)
    {
        (TensorShape shape, float[] values) = _tensors[name];
        return [.. Enumerable.Range(0, (int)shape.Ne0).Select(i => (double)values[row * shape.Ne0 + i])];
    }

    private double[] Times(string name, double[] input, int slice = 0)
    {
        (TensorShape shape, float[] values) = _tensors[name];
        Assert.Equal(shape.Ne0, input.Length);
        double[] output = new double[shape.Ne1];
        for (int r = 0; r < output.Length; r++)
        {
            long start = (slice * shape.Ne1 + r) * shape.Ne0;
            for (int i = 0; i < input.Length; i++) output[r] += values[start + i] * input[i];
        }

        string bias = name.Replace(".weight", ".bias", StringComparison.Ordinal);
        return _tensors.TryGetValue(bias, out (TensorShape Shape, float[] Values) b) ? [.. output.Select((v, r) => v + b.Values[r])] : output;
    }
}
