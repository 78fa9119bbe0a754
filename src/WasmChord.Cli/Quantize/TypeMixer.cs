using WasmChord.Gguf;

namespace WasmChord.Cli;

/// <summary>
/// Chooses the type of each tensor of a mix: more bits where few hurt most. Source of the rules:
/// <c>llama_tensor_get_type_impl</c> in llama.cpp's <c>llama-quant.cpp</c>, without an importance matrix. Tensors are to
/// be asked for in the order of blocks, and by name within one.
/// </summary>
internal sealed class TypeMixer
{
    private readonly string _mix;
    private readonly GgmlType _default;
    private readonly bool _isFalcon, _is70B, _isTied;
    private readonly long _expertCount, _headsPerKvHead;
    private readonly int _blockCount, _valueCount;
    private int _valuesSeen, _downsSeen;

    public TypeMixer(GgufModel model, QuantizationRecipe recipe)
    {
        _mix = recipe.Name;
        _default = recipe.Type;
        string architecture = model.Architecture ?? "";
        _isFalcon = architecture == "falcon";
        long Number(string key) => model.Metadata.TryGetInt64($"{architecture}.{key}", out long value) && value > 0 ? value : 1;
        long heads = Number("attention.head_count");
        long kvHeads = model.Metadata.ContainsKey($"{architecture}.attention.head_count_kv") ? Number("attention.head_count_kv") : heads;
        _headsPerKvHead = heads / kvHeads;
        _expertCount = Number("expert_count");
        _blockCount = (int)(model.Manifest.DeclaredBlockCount ?? model.Manifest.BlockCount);
        _is70B = architecture == "llama" && _blockCount == 80 && heads != kvHeads;
        _isTied = !model.TryGetTensor("output.weight", out _);
        _valueCount = model.Tensors.Count(t => TensorRoles.Of(t.Name) == TensorRole.AttentionValue);
    }

    /// <summary>The type of a tensor, before its shape is looked at.</summary>
    public GgmlType TypeOf(TensorInfo tensor)
    {
        TensorRole role = TensorRoles.Of(tensor.Name);
        if (role == TensorRole.Output || (_isTied && role == TensorRole.Embedding)) return OfOutput(tensor);
        return role switch
        {
            TensorRole.AttentionValue => OfValue(),
            TensorRole.AttentionKey => _expertCount == 8 ? GgmlType.Q8_0 : _default,
            TensorRole.AttentionOutput => OfAttentionOutput(),
            TensorRole.FeedForwardDown => OfFeedForwardDown(tensor.Name),
            _ => _default,
        };
    }

    private GgmlType OfOutput(TensorInfo tensor)
    {
        if (_isFalcon || tensor.Shape.Ne0 % GgmlTypeTraits.For(_default).BlockSize != 0) return GgmlType.Q8_0;
        return _default == GgmlType.Q8_0 ? GgmlType.Q8_0 : GgmlType.Q6_K;
    }

    private GgmlType OfValue()
    {
        int index = _valuesSeen++;
        GgmlType type = _mix switch
        {
            "Q2_K" => _headsPerKvHead >= 4 ? GgmlType.Q4_K : GgmlType.Q3_K,
            "Q2_K_S" when _headsPerKvHead >= 4 => GgmlType.Q4_K,
            "Q3_K_M" => index < 2 ? GgmlType.Q5_K : GgmlType.Q4_K,
            "Q3_K_L" => GgmlType.Q5_K,
            "Q4_K_M" or "Q5_K_M" when UsesMoreBits(index, _valueCount) => GgmlType.Q6_K,
            "Q4_K_S" when index < 4 => GgmlType.Q5_K,
            _ => _default,
        };
        // Eight heads share the values of one: the tensor is small, and more bits cost next to nothing.
        if (_is70B && type is (GgmlType.Q3_K or GgmlType.Q4_K)) type = GgmlType.Q5_K;
        return _expertCount == 8 ? GgmlType.Q8_0 : type;
    }

    private GgmlType OfAttentionOutput()
    {
        if (_isFalcon) return _mix == "Q3_K_L" ? GgmlType.Q4_K : _default;
        if (_expertCount == 8) return _mix is "Q2_K" or "Q3_K_S" or "Q3_K_M" or "Q4_K_S" or "Q4_K_M" ? GgmlType.Q5_K : _default;
        return _mix switch { "Q2_K" => GgmlType.Q3_K, "Q3_K_M" => GgmlType.Q4_K, "Q3_K_L" => GgmlType.Q5_K, _ => _default };
    }

    private GgmlType OfFeedForwardDown(string name)
    {
        int seen = _downsSeen++;
        // Experts have several such tensors a block, so that counting them does not tell the block.
        int block = _expertCount > 1 && name.StartsWith("blk.", StringComparison.Ordinal) && LayerId.TryParse(name[..name.IndexOf('.', 4)], out LayerId id) ? id.Value : seen;
        return _mix switch
        {
            "Q2_K" => GgmlType.Q3_K,
            "Q2_K_S" when block < _blockCount / 8 => GgmlType.Q4_K,
            "Q3_K_M" when block < _blockCount / 16 => GgmlType.Q5_K,
            "Q3_K_M" => !_isFalcon || UsesMoreBits(block, _blockCount) ? GgmlType.Q4_K : GgmlType.Q3_K,
            "Q3_K_L" => _isFalcon ? GgmlType.Q4_K : GgmlType.Q5_K,
            "Q4_K_M" when _isFalcon => block < _blockCount / 16 ? GgmlType.Q6_K : UsesMoreBits(block, _blockCount) ? GgmlType.Q5_K : GgmlType.Q4_K,
            "Q4_K_M" or "Q5_K_M" when UsesMoreBits(block, _blockCount) => GgmlType.Q6_K,
            "Q4_K_S" when !_isFalcon && block < _blockCount / 8 => GgmlType.Q5_K,
            _ => _default,
        };
    }

    private static bool UsesMoreBits(int block, int count) => block < count / 8 || block >= 7 * count / 8 || (block - count / 8) % 3 == 2;
}
