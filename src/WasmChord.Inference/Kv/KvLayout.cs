using WasmChord.Gguf;
using WasmChord.Kernels;

namespace WasmChord.Inference;

/// <summary>
/// Where keys and values lie in a page: (layer, keys then values, KV head, position, head dim), so that the rows of one
/// head are neighbours.
/// </summary>
internal sealed class KvLayout
{
    private readonly ModelConfig _config;
    private readonly int _kvHeads, _keyRowBytes, _valueRowBytes, _layerBytes;

    internal KvLayout(ModelConfig config, KvType type, int pagePositions)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pagePositions);
        _config = config;
        Type = type switch { KvType.F32 => GgmlType.F32, KvType.F16 => GgmlType.F16, _ => GgmlType.Q8_0 };
        PagePositions = pagePositions;
        int block = GgmlTypeTraits.For(Type).BlockSize;
        if (config.KeyHeadDim % block != 0 || config.ValueHeadDim % block != 0)
            throw new InferenceException(InferenceError.InvalidOption,
                $"heads of {config.KeyHeadDim} and {config.ValueHeadDim} values are not whole {Type} blocks of {block}: choose another type of KV cache");
        _kvHeads = config.KvHeadCount;
        _keyRowBytes = KvRows.RowBytes(Type, config.KeyHeadDim);
        _valueRowBytes = KvRows.RowBytes(Type, config.ValueHeadDim);
        long layer = (long)_kvHeads * pagePositions * (_keyRowBytes + _valueRowBytes), page = layer * config.LayerCount;
        if (page > int.MaxValue)
            throw new InferenceException(InferenceError.InvalidOption, $"a page of {pagePositions} positions takes {page} bytes, above {int.MaxValue}");
        _layerBytes = (int)layer;
        PageBytes = (int)page;
    }

    internal GgmlType Type { get; }

    internal int PagePositions { get; }

    internal int PageBytes { get; }

    /// <summary>Whether pages were laid out for this model, or one of the same heads and layers.</summary>
    internal bool Fits(ModelConfig config) => ReferenceEquals(config, _config)
        || (config.LayerCount, config.KvHeadCount, config.KeyHeadDim, config.ValueHeadDim)
            == (_config.LayerCount, _config.KvHeadCount, _config.KeyHeadDim, _config.ValueHeadDim);

    /// <summary>(count, key head dim) of one head, from a position of the page on.</summary>
    internal Span<byte> Keys(Span<byte> page, int layer, int kvHead, int position, int count) =>
        page.Slice(layer * _layerBytes + (kvHead * PagePositions + position) * _keyRowBytes, count * _keyRowBytes);

    /// <summary>(count, value head dim) of one head, from a position of the page on.</summary>
    internal Span<byte> Values(Span<byte> page, int layer, int kvHead, int position, int count) =>
        page.Slice(
            layer * _layerBytes + _kvHeads * PagePositions * _keyRowBytes + (kvHead * PagePositions + position) * _valueRowBytes,
            count * _valueRowBytes);
}
