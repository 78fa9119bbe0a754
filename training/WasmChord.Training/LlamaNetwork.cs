using TorchSharp;
using WasmChord.Training.Stories;
using static TorchSharp.torch;

namespace WasmChord.Training;

/// <summary>
/// A Llama to be trained: RMSNorm before attention and feed-forward, RoPE on neighbouring pairs, grouped-query
/// attention, SwiGLU, one matrix for embedding and output. Its parameters go by their names in GGUF.
/// </summary>
internal sealed class LlamaNetwork
{
    private readonly Dictionary<string, Tensor> _parameters = [];
    private readonly NetworkShape _shape;
    private readonly Tensor _cos, _sin; // (context, 1, head_dim / 2)

    public LlamaNetwork(NetworkShape shape, ulong seed)
    {
        _shape = shape;
        Dictionary<string, float[]> initial = Initial(shape, new StoryRandom(seed));
        foreach ((string name, int rows, int columns) in shape.Tensors())
        {
            Tensor tensor = rows == 1 ? torch.tensor(initial[name]) : torch.tensor(initial[name]).reshape(rows, columns);
            tensor.requires_grad_(true);
            _parameters.Add(name, tensor);
        }
        int half = shape.HeadDim / 2;
        float[] cos = new float[shape.Context * half], sin = new float[shape.Context * half];
        for (int p = 0; p < shape.Context; p++)
        {
            for (int i = 0; i < half; i++)
            {
                double angle = p * Math.Pow(shape.RopeBase, -2.0 * i / shape.HeadDim);
                cos[p * half + i] = (float)Math.Cos(angle);
                sin[p * half + i] = (float)Math.Sin(angle);
            }
        }
        _cos = torch.tensor(cos).reshape(shape.Context, 1, half);
        _sin = torch.tensor(sin).reshape(shape.Context, 1, half);
    }

    public NetworkShape Shape => _shape;

    /// <summary>The parameters by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Parameters => _parameters;

    /// <summary>A copy of a parameter's values, row after row.</summary>
    public float[] Values(string name) => [.. _parameters[name].detach().reshape(-1).data<float>()];

    /// <summary>
    /// Cross-entropy in nats of each of <paramref name="targets"/> (batch, length) after <paramref name="tokens"/>, one
    /// after the other.
    /// </summary>
    public Tensor Losses(Tensor tokens, Tensor targets)
    {
        Tensor x = Forward(tokens);
        Tensor logits = matmul(x.reshape(-1, _shape.Hidden), _parameters["token_embd.weight"].t());
        return nn.functional.cross_entropy(logits, targets.reshape(-1), reduction: nn.Reduction.None);
    }

    private Tensor Forward(Tensor tokens)
    {
        long batch = tokens.shape[0], length = tokens.shape[1];
        Tensor cos = _cos.slice(0, 0, length, 1), sin = _sin.slice(0, 0, length, 1);
        Tensor x = _parameters["token_embd.weight"].index_select(0, tokens.reshape(-1)).reshape(batch, length, _shape.Hidden); // (batch, length, hidden)
        for (int layer = 0; layer < _shape.Layers; layer++)
        {
            string prefix = $"blk.{layer}.";
            Tensor h = Norm(x, prefix + "attn_norm.weight");
            Tensor q = Rotate(Linear(h, prefix + "attn_q.weight").reshape(batch, length, _shape.Heads, _shape.HeadDim), cos, sin);
            Tensor k = Rotate(Linear(h, prefix + "attn_k.weight").reshape(batch, length, _shape.KvHeads, _shape.HeadDim), cos, sin);
            Tensor v = Linear(h, prefix + "attn_v.weight").reshape(batch, length, _shape.KvHeads, _shape.HeadDim);
            long group = _shape.Heads / _shape.KvHeads;
            Tensor attended = nn.functional.scaled_dot_product_attention(
                q.transpose(1, 2), k.repeat_interleave(group, 2).transpose(1, 2), v.repeat_interleave(group, 2).transpose(1, 2), is_casual: true);
            x = x + Linear(attended.transpose(1, 2).reshape(batch, length, _shape.Hidden), prefix + "attn_output.weight");
            h = Norm(x, prefix + "ffn_norm.weight");
            Tensor gated = nn.functional.silu(Linear(h, prefix + "ffn_gate.weight")) * Linear(h, prefix + "ffn_up.weight");
            x = x + Linear(gated, prefix + "ffn_down.weight");
        }
        return Norm(x, "output_norm.weight");
    }

    private static Dictionary<string, float[]> Initial(NetworkShape shape, StoryRandom random)
    {
        Dictionary<string, float[]> values = [];
        foreach ((string name, int rows, int columns) in shape.Tensors())
        {
            double deviation = Deviation(name, shape.Layers);
            values.Add(name, [.. Enumerable.Range(0, rows * columns).Select(_ => rows == 1 ? 1 : (float)(deviation * Gaussian(random)))]);
        }
        for (int layer = 1; layer < shape.Layers; layer++) BeginAsCopy(shape, values[$"blk.{layer}.attn_output.weight"], values[$"blk.{layer}.attn_v.weight"]);
        new CopyCircuits(shape, values).Write();
        return values;
    }

    // Names occur in the same surroundings, so only their first, random vectors tell them apart: those must be large
    // beside what an optimizer's steps move. Queries and keys must be large enough that heads look at some places more than
    // at others. The matrices that write to the residual start smaller, as their sum over layers grows (GPT-2's scheme).
    private static double Deviation(string name, int layers) => name[(name.LastIndexOf('.', name.Length - 8) + 1)..] switch
    {
        "token_embd.weight" => 0.08,
        "attn_q.weight" or "attn_k.weight" => 0.06,
        "attn_output.weight" or "ffn_down.weight" => 0.03 / Math.Sqrt(2 * layers),
        _ => 0.03,
    };

    // Attention above the first layer begins by repeating what it looks at: the output of a head is the transpose of the
    // head's values. Names and things that a text has are then likelier from the start, and what remains to be learned
    // is where to look. (After Trockman and Kolter, "Mimetic initialization of self-attention layers", 2023.)
    private static void BeginAsCopy(NetworkShape shape, float[] output, float[] v)
    {
        const float Strength = 0.5f;
        for (int head = 0; head < shape.Heads; head++)
        {
            int group = head / (shape.Heads / shape.KvHeads);
            for (int i = 0; i < shape.HeadDim; i++)
                for (int j = 0; j < shape.Hidden; j++)
                    output[j * shape.Hidden + head * shape.HeadDim + i] = Strength * v[(group * shape.HeadDim + i) * shape.Hidden + j];
        }
    }

    private Tensor Linear(Tensor x, string name) => nn.functional.linear(x, _parameters[name]);

    private Tensor Norm(Tensor x, string name) =>
        x * rsqrt(x.square().mean([-1], keepdim: true) + _shape.Epsilon) * _parameters[name];

    // x: (batch, length, heads, head_dim); pairs are values 2i and 2i+1.
    private static Tensor Rotate(Tensor x, Tensor cos, Tensor sin)
    {
        Tensor pairs = x.reshape(x.shape[0], x.shape[1], x.shape[2], x.shape[3] / 2, 2);
        Tensor even = pairs.select(-1, 0), odd = pairs.select(-1, 1);
        return stack([even * cos - odd * sin, even * sin + odd * cos], -1).flatten(3);
    }

    // Box and Muller's transform, the cosine half.
    private static double Gaussian(StoryRandom random)
    {
        double u = ((random.NextBits() >> 11) + 1) * (1.0 / (1UL << 53)), v = (random.NextBits() >> 11) * (1.0 / (1UL << 53));
        return Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * v);
    }
}
