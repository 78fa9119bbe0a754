using System.Runtime.InteropServices;
using System.Text.Json;
using WasmChord.TestData;

namespace WasmChord.Inference.Tests;

/// <summary>What a pass computes on its way, tensor by tensor, against the reference's.</summary>
public sealed class IntermediateTests
{
    private const double Tolerance = 1e-4;

    [SkippableTheory]
    [InlineData("stories260K", "stories260K")]
    [InlineData("stories260K-wide4-Q4_K_M", "stories260K-wide4-Q4_K_M.deqf32")]
    public void Intermediates_OfOneBatch_AreTheReferences(string file, string reference)
    {
        string path = SharedTestData.Require($"models/{file}.gguf");
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(SharedTestData.Require($"reference/{reference}.mid.json")));
        float[] data = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(SharedTestData.Require($"reference/{reference}.mid.f32.bin"))).ToArray();
        TokenId[] tokens = [.. json.RootElement.GetProperty("token_ids").EnumerateArray().Select(e => new TokenId(e.GetInt32()))];
        using LoadedModel model = new(path, MatMulScheme.Float);
        Dictionary<(string Name, int Layer), float[]> seen = [];
        model.Pass.Probe = (name, layer, values) => seen.Add((name, layer), values.ToArray());
        float[] logits = model.Run(tokens, tokens.Length);

        Dictionary<string, float[]> actual = Named(model.Model, seen, logits, tokens.Length);
        HashSet<string> compared = [];
        foreach (JsonElement tensor in json.RootElement.GetProperty("tensors").EnumerateArray())
        {
            string name = $"{tensor.GetProperty("name").GetString()} {tensor.GetProperty("op").GetString()}";
            // The unweighted norm appears twice under one name; the weighted ones that follow hold it.
            if (name.EndsWith("RMS_NORM", StringComparison.Ordinal)) continue;
            int offset = tensor.GetProperty("offset_floats").GetInt32();
            float[] values = Assert.Contains(name, (IDictionary<string, float[]>)actual);
            int[] extents = [.. tensor.GetProperty("ne").EnumerateArray().Select(e => e.GetInt32())];
            ReadOnlySpan<float> expected = data.AsSpan(offset, extents.Aggregate((a, b) => a * b));
            // Scores are padded to 32 positions there.
            if (extents[0] == 32 && name.StartsWith("kq", StringComparison.Ordinal)) expected = Unpadded(expected, tokens.Length);
            Assert.Equal(expected.Length, values.Length);
            for (int i = 0; i < values.Length; i++)
                Assert.True(Math.Abs(expected[i] - values[i]) <= Tolerance, $"{name}: value {i} is {values[i]}, not {expected[i]}");
            compared.Add(name);
        }

        Assert.True(compared.Count >= 15 + 3 * model.Model.Config.LayerCount, $"only {compared.Count} tensors were compared");
    }

    /// <summary>What was seen, under the reference's names and in its order of extents.</summary>
    private static Dictionary<string, float[]> Named(InferenceModel model, Dictionary<(string Name, int Layer), float[]> seen, float[] logits, int count)
    {
        ModelConfig c = model.Config;
        int joint = c.QueryLength + c.KeyLength + c.ValueLength, ff = c.FeedForwardLength;
        float[] turned = seen[("turned projections", 0)], inner = seen[("gate and up", 0)];
        Dictionary<string, float[]> named = new()
        {
            ["inp_embd GET_ROWS"] = seen[("embedding", -1)],
            ["attn_norm-0 MUL"] = seen[("attention norm", 0)],
            ["Qcur-0 MUL_MAT"] = Columns(seen[("projections", 0)], joint, 0, c.QueryLength),
            ["Kcur-0 MUL_MAT"] = Columns(seen[("projections", 0)], joint, c.QueryLength, c.KeyLength),
            ["Vcur-0 MUL_MAT"] = Columns(seen[("projections", 0)], joint, c.QueryLength + c.KeyLength, c.ValueLength),
            ["Qcur-0 ROPE"] = Columns(turned, joint, 0, c.QueryLength),
            ["Kcur-0 ROPE"] = Columns(turned, joint, c.QueryLength, c.KeyLength),
            ["kqv-0 MUL_MAT"] = ByHead(seen[("attention", 0)], c.HeadCount, c.ValueHeadDim),
            ["kqv_merged_cont-0 CONT"] = seen[("attention", 0)],
            ["kqv_out-0 MUL_MAT"] = seen[("attention output", 0)],
            ["ffn_norm-0 MUL"] = seen[("feed-forward norm", 0)],
            ["ffn_gate-0 MUL_MAT"] = Columns(inner, 2 * ff, 0, ff),
            ["ffn_silu-0 SILU"] = [.. Columns(inner, 2 * ff, 0, ff).Select(g => g / (1 + MathF.Exp(-g)))],
            ["ffn_up-0 MUL_MAT"] = Columns(inner, 2 * ff, ff, ff),
            ["ffn_gate_par-0 MUL"] = Columns(seen[("gated", 0)], 2 * ff, 0, ff),
            ["result_norm MUL"] = seen[("output norm", c.LayerCount)],
            ["result_output MUL_MAT"] = logits,
        };
        (named["kq-0 MUL_MAT"], named["kq_soft_max_ext-0 SOFT_MAX"]) = Scores(c, turned, joint, count);
        for (int layer = 0; layer < c.LayerCount; layer++)
        {
            named[$"ffn_inp-{layer} ADD"] = seen[("feed-forward input", layer)];
            named[$"ffn_out-{layer} MUL_MAT"] = seen[("feed-forward output", layer)];
            named[$"l_out-{layer} ADD"] = [.. seen[("feed-forward input", layer)].Zip(seen[("feed-forward output", layer)], (a, b) => a + b)];
        }

        return named;
    }

    /// <summary>(heads, positions, positions) of what attention sees: products, and weights.</summary>
    private static (float[] Products, float[] Weights) Scores(ModelConfig c, float[] turned, int joint, int count)
    {
        float[] products = new float[c.HeadCount * count * count], weights = new float[products.Length];
        for (int h = 0; h < c.HeadCount; h++)
        {
            for (int t = 0; t < count; t++)
            {
                int row = (h * count + t) * count, key = c.QueryLength + h / (c.HeadCount / c.KvHeadCount) * c.KeyHeadDim;
                for (int s = 0; s < count; s++)
                    for (int i = 0; i < c.KeyHeadDim; i++) products[row + s] += turned[t * joint + h * c.KeyHeadDim + i] * turned[s * joint + key + i];
                double sum = 0;
                for (int s = 0; s <= t; s++) sum += Math.Exp(products[row + s] * c.AttentionScale);
                for (int s = 0; s <= t; s++) weights[row + s] = (float)(Math.Exp(products[row + s] * c.AttentionScale) / sum);
            }
        }

        return (products, weights);
    }

    private static float[] Columns(float[] rows, int columns, int from, int count) =>
        [.. Enumerable.Range(0, rows.Length / columns).SelectMany(r => rows.AsSpan(r * columns + from, count).ToArray())];

    private static float[] ByHead(float[] rows, int heads, int headDim) =>
        [.. Enumerable.Range(0, heads).SelectMany(h => Columns(rows, heads * headDim, h * headDim, headDim))];

    private static ReadOnlySpan<float> Unpadded(ReadOnlySpan<float> scores, int count)
    {
        List<float> values = [];
        for (int row = 0; row < scores.Length; row += 32) values.AddRange(scores.Slice(row, count));
        return values.ToArray();
    }
}
