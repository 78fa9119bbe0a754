using WasmChord.Gguf;

namespace WasmChord.Memory64.Tests.Layout;

/// <summary>Tensors and layers of a made-up model, placed one after another in one file, without a file.</summary>
internal sealed class SyntheticLayers
{
    public List<TensorInfo> Tensors { get; } = [];

    public List<ModelLayer> Layers { get; } = [];

    public long NextOffset { get; set; } = 12_345 / 32 * 32;

    public TensorInfo Add(string name, GgmlType type, params long[] shape)
    {
        TensorShape extents = new(shape.Length, shape[0], shape.ElementAtOrDefault(1) is 0 ? 1 : shape[1],
            shape.Length > 2 ? shape[2] : 1);
        long bytes = GgmlTypeTraits.For(type).BytesFor(extents.ValueCount);
        TensorInfo tensor = new(name, type, extents, 0, NextOffset, NextOffset - 4096, bytes);
        NextOffset = (NextOffset + bytes + 31) / 32 * 32;
        Tensors.Add(tensor);
        return tensor;
    }

    public void Layer(LayerId id, params TensorInfo[] tensors) =>
        Layers.Add(new ModelLayer(id, tensors, tensors.Sum(t => t.ByteLength)));

    public ImageLayout Place(ImageOptions? options = null) => ImageLayout.Create(Tensors, Layers, options ?? new ImageOptions());

    /// <summary>An embedding, blocks of about 12 MB each, and a head.</summary>
    public static SyntheticLayers Small(int blocks = 4)
    {
        SyntheticLayers model = new();
        TensorInfo embedding = model.Add("token_embd.weight", GgmlType.Q4_K, 1024, 3000);
        TensorInfo norm = model.Add("output_norm.weight", GgmlType.F32, 1024);
        TensorInfo output = model.Add("output.weight", GgmlType.Q6_K, 1024, 3000);
        model.Layer(LayerId.Embedding, embedding);
        for (int i = 0; i < blocks; i++)
        {
            model.Layer(LayerId.Block(i),
                model.Add($"blk.{i}.attn_norm.weight", GgmlType.F32, 1024),
                model.Add($"blk.{i}.attn_q.weight", GgmlType.Q4_K, 1024, 1024),
                model.Add($"blk.{i}.ffn_up.weight", GgmlType.Q4_K, 1024, 20_000));
        }

        model.Layer(LayerId.Head, norm, output);
        return model;
    }
}
