using WasmChord.Gguf;
using WasmChord.Kernels;
using WasmChord.Memory64;

namespace WasmChord.Inference;

/// <summary>Looks up every tensor that a configuration asks for, and checks its shape.</summary>
internal sealed class WeightBinder
{
    // A vector is a row of a norm, a bias or a set of factors; one above this is a mistake of the file.
    private const int MaxVectorLength = 1 << 24;

    private readonly GgufModel _model;
    private readonly ILayerSource _source;
    private readonly ModelConfig _config;
    private readonly int _contextLength;
    private readonly Dictionary<string, int> _indexOf = new(StringComparer.Ordinal);
    private readonly ILookup<int, Segment> _segments;
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private long _vectorBytes;

    internal WeightBinder(GgufModel model, ILayerSource source, ModelConfig config, int contextLength)
    {
        _model = model;
        _source = source;
        _config = config;
        _contextLength = contextLength;
        for (int i = 0; i < source.Tensors.Count; i++) _indexOf[source.Tensors[i].Name] = i;
        _segments = source.Layout.Segments.Segments.ToArray().ToLookup(s => s.TensorIndex);
    }

    internal InferenceModel Bind()
    {
        ModelConfig c = _config;
        WeightMatrix embedding = Matrix("token_embd", c.HiddenSize, c.VocabularySize);
        BlockWeights[] blocks = new BlockWeights[c.LayerCount];
        for (int i = 0; i < blocks.Length; i++) blocks[i] = BindBlock($"blk.{i}.");
        float[] outputNorm = Vector("output_norm.weight", c.HiddenSize);
        WeightMatrix output = Has("output.weight") ? Matrix("output", c.HiddenSize, c.VocabularySize) : embedding;
        float[] factors = BindRopeFactors();
        RefuseUnused();
        return new InferenceModel(c, embedding, blocks, outputNorm, output, factors, _vectorBytes);
    }

    private BlockWeights BindBlock(string prefix)
    {
        ModelConfig c = _config;
        bool experts = c.ExpertCount > 0;
        return new BlockWeights
        {
            AttentionNorm = Vector(prefix + "attn_norm.weight", c.HiddenSize),
            FeedForwardNorm = Vector(prefix + "ffn_norm.weight", c.HiddenSize),
            Projections = BindProjections(prefix),
            QueryNorm = c.Architecture.NormalizesHeads ? Vector(prefix + "attn_q_norm.weight", c.KeyHeadDim) : null,
            KeyNorm = c.Architecture.NormalizesHeads ? Vector(prefix + "attn_k_norm.weight", c.KeyHeadDim) : null,
            AttentionOutput = Matrix(prefix + "attn_output", c.HeadCount * c.ValueHeadDim, c.HiddenSize),
            Router = experts ? Matrix(prefix + "ffn_gate_inp", c.HiddenSize, c.ExpertCount) : null,
            GateAndUp = BindGateAndUp(prefix, experts),
            Down = experts
                ? Experts(prefix + "ffn_down", c.FeedForwardLength, c.HiddenSize)
                : Matrix(prefix + "ffn_down", c.FeedForwardLength, c.HiddenSize),
        };
    }

    private (WeightMatrix Matrix, int Offset)[] BindProjections(string prefix)
    {
        ModelConfig c = _config;
        if (c.Architecture.FusesProjections && Has(prefix + "attn_qkv.weight"))
            return [(Matrix(prefix + "attn_qkv", c.HiddenSize, c.QueryLength + c.KeyLength + c.ValueLength), 0)];
        return
        [
            (Matrix(prefix + "attn_q", c.HiddenSize, c.QueryLength), 0),
            (Matrix(prefix + "attn_k", c.HiddenSize, c.KeyLength), c.QueryLength),
            (Matrix(prefix + "attn_v", c.HiddenSize, c.ValueLength), c.QueryLength + c.KeyLength),
        ];
    }

    private (WeightMatrix Matrix, int Offset)[] BindGateAndUp(string prefix, bool experts)
    {
        ModelConfig c = _config;
        int length = c.FeedForwardLength;
        if (experts) return [(Experts(prefix + "ffn_gate", c.HiddenSize, length), 0), (Experts(prefix + "ffn_up", c.HiddenSize, length), length)];
        if (c.Architecture.FusesProjections && !Has(prefix + "ffn_gate.weight")) return [(Matrix(prefix + "ffn_up", c.HiddenSize, 2 * length), 0)];
        return [(Matrix(prefix + "ffn_gate", c.HiddenSize, length), 0), (Matrix(prefix + "ffn_up", c.HiddenSize, length), length)];
    }

    /// <summary>Factors of the whole model: Llama 3.1's, or the set of Phi-3's two that fits the context.</summary>
    private float[] BindRopeFactors()
    {
        int pairs = _config.Rope.Dimensions / 2;
        string[] names = ["rope_freqs.weight", "rope_factors_long.weight", "rope_factors_short.weight"];
        foreach (string each in names)
            if (Has(each)) Find(each, pairs, 1, 1);
        string name = Has(names[0]) ? names[0] : _contextLength > _config.Rope.OriginalContextLength ? names[1] : names[2];
        if (!Has(name)) return [];
        float[] factors = Vector(name, pairs);
        int zero = Array.FindIndex(factors, f => f <= 0);
        return zero < 0 ? factors : throw new InferenceException(InferenceError.InvalidTensor, $"{name}: factor {zero} is {factors[zero]}, not positive");
    }

    /// <summary>
    /// A block that holds more than its family uses is another family's: to pass over a norm or a scale would give wrong
    /// tokens. What lies outside blocks may belong to other parts (a projector, factors for another context).
    /// </summary>
    private void RefuseUnused()
    {
        foreach (TensorInfo tensor in _source.Tensors)
        {
            string name = tensor.Name;
            if (_used.Contains(name) || name.EndsWith(".attn_rot_embd", StringComparison.Ordinal)) continue;
            bool belongs = name.StartsWith("blk.", StringComparison.Ordinal) || name.StartsWith("output", StringComparison.Ordinal)
                || name.StartsWith("token_embd", StringComparison.Ordinal);
            if (belongs)
                throw new InferenceException(InferenceError.InvalidTensor, $"the model has a tensor {name} {tensor.Shape}, which a {_config.Architecture.Name} of {_config.LayerCount} blocks does not use");
        }
    }

    private bool Has(string name) => _indexOf.ContainsKey(name);

    private WeightMatrix Matrix(string name, int columns, int rows)
    {
        TensorInfo tensor = Find(name + ".weight", columns, rows, 1);
        return Bound(tensor, columns, rows, [.. Tiles(tensor, 0, rows)], name);
    }

    /// <summary>A slice for each expert, of one tensor (<c>NAME_exps</c>).</summary>
    private WeightMatrix Experts(string name, int columns, int rows)
    {
        int count = _config.ExpertCount;
        TensorInfo tensor = Find(name + "_exps.weight", columns, rows, count);
        return Bound(tensor, columns, rows, [.. Enumerable.Range(0, count).Select(e => Tiles(tensor, e, rows)[0])], null);
    }

    private WeightMatrix Bound(TensorInfo tensor, int columns, int rows, WeightTile[][] tiles, string? biasOf)
    {
        float[]? bias = biasOf is not null && Has(biasOf + ".bias") ? Vector(biasOf + ".bias", rows) : null;
        return new WeightMatrix(tensor, columns, rows, tiles, bias);
    }

    private WeightTile[][] Tiles(TensorInfo tensor, int slice, int rows)
    {
        List<WeightTile> tiles = [];
        long first = (long)slice * rows;
        foreach (Segment segment in _segments[_indexOf[tensor.Name]])
        {
            long row = segment.TensorByteOffset / tensor.RowBytes, count = segment.FileByteLength / tensor.RowBytes;
            if (row >= first && row < first + rows) tiles.Add(new WeightTile(segment, (int)(row - first), (int)count));
        }

        return [[.. tiles]];
    }

    private TensorInfo Find(string name, int columns, int rows, int slices)
    {
        if (!_model.TryGetTensor(name, out TensorInfo? tensor))
            throw new InferenceException(InferenceError.MissingTensor, $"the model has no tensor {name}");
        _used.Add(name);
        if (tensor.Type is GgmlType.I8 or GgmlType.I16 or GgmlType.I32 or GgmlType.I64 or GgmlType.F64)
            throw new InferenceException(InferenceError.InvalidTensor, $"{name} is of type {tensor.Type}, which weights cannot have");
        if (_model.Files[tensor.FileIndex].IsBigEndian)
            throw new InferenceException(InferenceError.InvalidTensor, $"{name} is in a big-endian file, which cannot be run");
        TensorShape s = tensor.Shape;
        if (s.Ne0 != columns || s.Ne1 != rows || s.Ne2 != slices || s.Ne3 != 1)
            throw new InferenceException(InferenceError.InvalidTensor,
                $"{name} has the shape {s}; expected [{columns}, {rows}{(slices > 1 ? $", {slices}" : "")}]");
        return tensor;
    }

    private float[] Vector(string name, int length)
    {
        TensorInfo tensor = Find(name, length, 1, 1);
        if (length > MaxVectorLength) throw new InferenceException(InferenceError.InvalidTensor, $"{name} has {length} values; a vector has at most {MaxVectorLength}");
        byte[] bytes = new byte[tensor.ByteLength];
        _source.Read(tensor, 0, bytes);
        float[] values = new float[length];
        Dequantizer.ToFloat(tensor.Type, bytes, values);
        int broken = Array.FindIndex(values, v => !float.IsFinite(v));
        if (broken >= 0) throw new InferenceException(InferenceError.InvalidTensor, $"{name}: value {broken} is {values[broken]}");
        _vectorBytes += sizeof(float) * (long)length;
        return values;
    }
}
