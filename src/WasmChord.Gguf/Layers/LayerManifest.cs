using System.Diagnostics.CodeAnalysis;
using WasmChord.Gguf.Internal;

namespace WasmChord.Gguf;

/// <summary>
/// Which layer each tensor of a model belongs to. A tensor has exactly one layer, or is listed as unknown: names are
/// never guessed at.
/// </summary>
/// <remarks>
/// Names are those of ggml's <c>docs/gguf.md</c> and llama.cpp's <c>llama-arch.cpp</c>. <c>blk.N.*</c>, experts
/// included, is block N. RoPE factors outside a block (<c>rope_freqs</c>, <c>rope_factors_*</c>) go to the embedding:
/// every block uses them and no block owns them, and the edge that a pass visits first is resident before any block
/// needs them. Two-sided models (<c>enc.*</c>, <c>dec.*</c>) and projectors (<c>v.*</c>, <c>mm.*</c>) have more layers
/// than one number can name, so their tensors are unknown.
/// </remarks>
public sealed class LayerManifest
{
    private readonly Dictionary<LayerId, ModelLayer> _byId;
    private readonly Dictionary<string, LayerId> _byTensor;

    /// <summary>Sorts the tensors of a model into layers.</summary>
    /// <param name="tensors">All tensors, with distinct names.</param>
    /// <param name="declaredBlockCount"><c>{architecture}.block_count</c>, where the metadata states it.</param>
    public LayerManifest(IReadOnlyList<TensorInfo> tensors, long? declaredBlockCount = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        SortedDictionary<LayerId, List<TensorInfo>> layers = [];
        List<TensorInfo> unknown = [];
        _byTensor = new Dictionary<string, LayerId>(tensors.Count, StringComparer.Ordinal);
        foreach (TensorInfo tensor in tensors)
        {
            if (!TensorNames.TryGetLayer(tensor.Name, out LayerId id))
            {
                unknown.Add(tensor);
                continue;
            }
            _byTensor.Add(tensor.Name, id);
            if (!layers.TryGetValue(id, out List<TensorInfo>? members)) layers.Add(id, members = []);
            members.Add(tensor);
        }
        Layers = [.. layers.Select(pair => ToLayer(pair.Key, pair.Value))];
        Unknown = unknown;
        _byId = Layers.ToDictionary(layer => layer.Id);
        DeclaredBlockCount = declaredBlockCount;
    }

    /// <summary>The layers that have tensors, in the order of the forward pass: embedding, blocks, head.</summary>
    public IReadOnlyList<ModelLayer> Layers { get; }

    /// <summary>The tensors that belong to no known layer.</summary>
    public IReadOnlyList<TensorInfo> Unknown { get; }

    /// <summary>What <c>{architecture}.block_count</c> says; null where it is absent.</summary>
    public long? DeclaredBlockCount { get; }

    /// <summary>Number of blocks that have tensors.</summary>
    public int BlockCount => Layers.Count(layer => layer.Id.IsBlock);

    /// <summary>The lowest block that is declared, or lies below another, and has no tensors; null where none is missing.</summary>
    public LayerId? FirstMissingBlock
    {
        get
        {
            int expected = 0;
            foreach (ModelLayer layer in Layers)
            {
                if (!layer.Id.IsBlock) continue;
                if (layer.Id.Value != expected) return LayerId.Block(expected);
                expected++;
            }
            return expected < DeclaredBlockCount ? LayerId.Block(expected) : null;
        }
    }

    /// <summary>Blocks that have tensors although <see cref="DeclaredBlockCount"/> does not include them.</summary>
    public IReadOnlyList<LayerId> UndeclaredBlocks =>
        [.. Layers.Where(layer => layer.Id.IsBlock && layer.Id.Value >= DeclaredBlockCount).Select(layer => layer.Id)];

    /// <summary>True where the blocks are exactly those that the metadata declares, from 0 without gaps.</summary>
    public bool IsBlockCountConsistent => FirstMissingBlock is null && DeclaredBlockCount == BlockCount;

    /// <summary>Looks a layer up.</summary>
    public bool TryGetLayer(LayerId id, [NotNullWhen(true)] out ModelLayer? layer) => _byId.TryGetValue(id, out layer);

    /// <summary>The layer of a tensor; null where the tensor is unknown or absent.</summary>
    public LayerId? LayerOf(string tensorName) => _byTensor.TryGetValue(tensorName, out LayerId id) ? id : null;

    private static ModelLayer ToLayer(LayerId id, List<TensorInfo> tensors)
    {
        tensors.Sort(static (a, b) => a.FileIndex != b.FileIndex
            ? a.FileIndex.CompareTo(b.FileIndex)
            : a.FileOffset.CompareTo(b.FileOffset));
        return new ModelLayer(id, tensors, tensors.Sum(tensor => tensor.ByteLength));
    }
}
