using WasmChord.Gguf;

namespace WasmChord.Bench.Models;

/// <summary>
/// Every tensor of a shape in a mix of types, in file order. Names are those of llama.cpp's <c>llama-arch.cpp</c>; the
/// order is that of <c>llama-quantize</c>: what lies outside the blocks, then block after block, each by name.
/// </summary>
public sealed class ModelPlan
{
    /// <summary>Plans a model.</summary>
    /// <exception cref="ArgumentException">The shape fits no model.</exception>
    public ModelPlan(ModelShape shape, TypeMix types)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(types);
        shape.Validate();
        Shape = shape;
        Types = types;
        Tensors =
        [
            Matrix("output.weight", TensorRole.Output, 0, shape.HiddenSize, shape.VocabularySize),
            Norm("output_norm.weight"),
            Matrix("token_embd.weight", TensorRole.Embedding, 0, shape.HiddenSize, shape.VocabularySize),
            .. Enumerable.Range(0, shape.LayerCount).SelectMany(Block),
        ];
    }

    /// <summary>The dimensions.</summary>
    public ModelShape Shape { get; }

    /// <summary>The mix.</summary>
    public TypeMix Types { get; }

    /// <summary>The tensors, in file order.</summary>
    public IReadOnlyList<PlannedTensor> Tensors { get; }

    /// <summary>Bytes of all tensors' data, without padding.</summary>
    public long TensorBytes => Tensors.Sum(tensor => tensor.ByteLength);

    /// <summary>Number of weights.</summary>
    public long ParameterCount => Tensors.Sum(tensor => tensor.Shape.ValueCount);

    private IEnumerable<PlannedTensor> Block(int layer)
    {
        int hidden = Shape.HiddenSize, kv = Shape.KvSize, ffn = Shape.FeedForwardLength;
        bool experts = Shape.ExpertCount > 0;
        string suffix = experts ? "_exps.weight" : ".weight";
        yield return Matrix($"blk.{layer}.attn_k.weight", TensorRole.AttentionKey, layer, hidden, kv);
        yield return Norm($"blk.{layer}.attn_norm.weight");
        yield return Matrix($"blk.{layer}.attn_output.weight", TensorRole.AttentionOutput, layer, hidden, hidden);
        yield return Matrix($"blk.{layer}.attn_q.weight", TensorRole.AttentionQuery, layer, hidden, hidden);
        yield return Matrix($"blk.{layer}.attn_v.weight", TensorRole.AttentionValue, layer, hidden, kv);
        yield return FeedForward($"blk.{layer}.ffn_down{suffix}", TensorRole.FeedForwardDown, layer, ffn, hidden);
        yield return FeedForward($"blk.{layer}.ffn_gate{suffix}", TensorRole.FeedForwardGate, layer, hidden, ffn);
        if (experts) yield return Matrix($"blk.{layer}.ffn_gate_inp.weight", TensorRole.ExpertRouter, layer, hidden, Shape.ExpertCount);
        yield return Norm($"blk.{layer}.ffn_norm.weight");
        yield return FeedForward($"blk.{layer}.ffn_up{suffix}", TensorRole.FeedForwardUp, layer, hidden, ffn);
    }

    private PlannedTensor Norm(string name) => new(name, TensorRole.Norm, GgmlType.F32, new TensorShape(1, Shape.HiddenSize));

    private PlannedTensor Matrix(string name, TensorRole role, int layer, int rowLength, int rows) =>
        new(name, role, Types.TypeFor(role, layer, rowLength, Shape), new TensorShape(2, rowLength, rows));

    private PlannedTensor FeedForward(string name, TensorRole role, int layer, int rowLength, int rows)
    {
        PlannedTensor one = Matrix(name, role, layer, rowLength, rows);
        return Shape.ExpertCount == 0 ? one : one with { Shape = new TensorShape(3, rowLength, rows, Shape.ExpertCount) };
    }
}
