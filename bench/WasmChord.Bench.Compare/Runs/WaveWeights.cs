using WasmChord.Gguf;

namespace WasmChord.Bench.Compare;

/// <summary>How many bytes of weights one wave of a dense model reads.</summary>
internal static class WaveWeights
{
    /// <summary>
    /// All tensors but the token embeddings, of which a wave reads a few rows; a model without an output matrix multiplies
    /// by the embeddings, and then they count. Experts that are not chosen are counted: for models that have them this is
    /// an upper bound.
    /// </summary>
    public static long Bytes(GgufModel model)
    {
        const string Embeddings = "token_embd.weight", Output = "output.weight";
        bool readsEmbeddings = !model.TryGetTensor(Output, out _);
        return model.Tensors.Where(t => readsEmbeddings || t.Name != Embeddings).Sum(t => t.ByteLength);
    }
}
