using System.Runtime.InteropServices;
using System.Text.Json;
using WasmChord.Gguf;
using WasmChord.TestData;

namespace WasmChord.Kernels.Tests;

/// <summary>
/// Each step of the first layer from the reference's own input, bit for bit. The reference was built for AVX without fused
/// multiply-add and made this batch at once; its sum of values was then computed by a routine with another order than for
/// single positions, so that step is compared by value.
/// </summary>
public sealed class ReferenceStepsTests
{
    private const int HeadDim = 8, Context = 32, Positions = 5;

    private readonly Dictionary<string, float[]> _tensors = [];

    public static TheoryData<string, int> Files => new() { { "stories260K", 2 }, { "stories260K-wide4-Q4_K_M.deqf32", 2 } };

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public void EveryStep_FromTheReferencesInput_HasItsBits(string file, int group)
    {
        Load(file);
        float[] embedding = _tensors["inp_embd GET_ROWS"], norm = new float[embedding.Length];
        int hidden = embedding.Length / Positions;
        for (int p = 0; p < Positions; p++) Norms.Rms(embedding.AsSpan(p * hidden, hidden), [], 1e-5f, norm.AsSpan(p * hidden, hidden));
        Samples.AssertSameBits(_tensors["norm-0 RMS_NORM"], norm, "norm");

        foreach (string name in new[] { "Qcur-0", "Kcur-0" })
        {
            float[] heads = [.. _tensors[name + " MUL_MAT"]], cosSin = new float[HeadDim];
            for (int p = 0; p < Positions; p++)
            {
                Rope.Angles(new RopeScaling(HeadDim, 10_000), [], p, cosSin);
                Rope.Rotate(heads.AsSpan(p * heads.Length / Positions, heads.Length / Positions), HeadDim, cosSin, RopePairing.Interleaved);
            }

            Samples.AssertSameBits(_tensors[name + " ROPE"], heads, name);
        }

        float[] gated = [.. _tensors["ffn_gate-0 MUL_MAT"]];
        GatedUnit.SiluMultiply(gated, _tensors["ffn_up-0 MUL_MAT"], gated);
        Samples.AssertSameBits(_tensors["ffn_gate_par-0 MUL"], gated, "gate");
        AssertAttention(group);
    }

    private void AssertAttention(int group)
    {
        float[] queries = _tensors["Qcur-0 ROPE"], keys = _tensors["Kcur-0 ROPE"], values = _tensors["Vcur-0 MUL_MAT"];
        float[] products = _tensors["kq-0 MUL_MAT"], weights = _tensors["kq_soft_max_ext-0 SOFT_MAX"], output = _tensors["kqv_merged_cont-0 CONT"];
        int heads = queries.Length / HeadDim / Positions;
        float[] partials = new float[Attention.PartialCount * HeadDim], combined = new float[HeadDim];
        for (int h = 0; h < heads; h++)
        {
            ReadOnlySpan<byte> key = Rows(keys, h / group), value = Rows(values, h / group);
            for (int p = 0; p < Positions; p++)
            {
                ReadOnlySpan<float> query = queries.AsSpan((p * heads + h) * HeadDim, HeadDim);
                ReadOnlySpan<float> product = products.AsSpan((h * Positions + p) * Context, Positions);
                ReadOnlySpan<float> weight = weights.AsSpan((h * Positions + p) * Context, p + 1);
                var scores = new float[Positions];
                Attention.Scores(GgmlType.F32, query, key, 1, scores);
                Samples.AssertSameBits(product, scores, $"products of head {h}, position {p}");
                Softmax.InPlace(scores.AsSpan(0, p + 1), 1 / MathF.Sqrt(HeadDim));
                Samples.AssertSameBits(weight, scores.AsSpan(0, p + 1), $"softmax of head {h}, position {p}");

                Array.Clear(partials);
                Attention.AddWeighted(GgmlType.F32, value[..((p + 1) * HeadDim * sizeof(float))], HeadDim, 0, weight, p + 1, partials);
                Attention.Combine(partials, HeadDim, combined);
                for (int i = 0; i < HeadDim; i++) Assert.Equal(output[(p * heads + h) * HeadDim + i], combined[i], 1e-6f);
            }
        }
    }

    // (positions, KV heads, head dim) to the rows of one KV head.
    private static ReadOnlySpan<byte> Rows(float[] tensor, int kvHead)
    {
        int stride = tensor.Length / Positions;
        var rows = new float[Positions * HeadDim];
        for (int p = 0; p < Positions; p++) tensor.AsSpan(p * stride + kvHead * HeadDim, HeadDim).CopyTo(rows.AsSpan(p * HeadDim));
        return MemoryMarshal.AsBytes(rows.AsSpan());
    }

    // The first tensor of a name and operation is that of the first layer, or before it.
    private void Load(string file)
    {
        byte[] bytes = File.ReadAllBytes(SharedTestData.Require($"reference/{file}.mid.f32.bin"));
        using JsonDocument index = JsonDocument.Parse(File.ReadAllText(SharedTestData.Require($"reference/{file}.mid.json")));
        foreach (JsonElement tensor in index.RootElement.GetProperty("tensors").EnumerateArray())
        {
            int count = tensor.GetProperty("ne").EnumerateArray().Aggregate(1, (product, n) => product * n.GetInt32());
            int offset = tensor.GetProperty("offset_floats").GetInt32();
            _tensors.TryAdd($"{tensor.GetProperty("name").GetString()} {tensor.GetProperty("op").GetString()}",
                MemoryMarshal.Cast<byte, float>(bytes).Slice(offset, count).ToArray());
        }
    }
}
