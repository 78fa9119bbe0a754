using System.Runtime.InteropServices;
using WasmChord.Gguf;
using WasmChord.Kernels;
using WasmChord.Training.Stories;

namespace WasmChord.Training;

/// <summary>Writes a trained network as a GGUF model, with all the keys that a Llama and its vocabulary have.</summary>
internal static class ModelFile
{
    /// <summary>What a file type's matrices are stored as; the embedding, which is the output matrix too, apart.</summary>
    /// <param name="Name">Name, for file names.</param>
    /// <param name="Matrices">Type of the matrices of the layers.</param>
    /// <param name="Embedding">Type of the embedding.</param>
    /// <param name="FileType">Number of <c>general.file_type</c>, as llama.cpp's <c>llama_ftype</c>.</param>
    public sealed record Precision(string Name, GgmlType Matrices, GgmlType Embedding, uint FileType)
    {
        /// <summary>All that is reported.</summary>
        public static IReadOnlyList<Precision> All { get; } =
        [
            new("f32", GgmlType.F32, GgmlType.F32, 0),
            new("q8_0", GgmlType.Q8_0, GgmlType.Q8_0, 7),
            new("q6_k", GgmlType.Q6_K, GgmlType.Q6_K, 18),
            new("q4_k", GgmlType.Q4_K, GgmlType.Q6_K, 15),
        ];
    }

    /// <summary>Writes the model; the file appears when it is whole.</summary>
    /// <param name="path">The file.</param>
    /// <param name="shape">The network's shape.</param>
    /// <param name="values">The parameters of a tensor, by name.</param>
    /// <param name="vocabulary">The vocabulary.</param>
    /// <param name="precision">How to store them.</param>
    /// <param name="origin">How it was made, for <c>general.description</c>.</param>
    public static async Task WriteAsync(
        string path, NetworkShape shape, Func<string, float[]> values, StoryVocabulary vocabulary, Precision precision, string origin)
    {
        GgufWriter writer = new();
        AddGeneral(writer.Metadata, precision, origin);
        AddShape(writer.Metadata, shape);
        AddVocabulary(writer.Metadata, vocabulary);
        foreach ((string name, int rows, int columns) in shape.Tensors())
        {
            GgmlType type = rows == 1 ? GgmlType.F32 : name == "token_embd.weight" ? precision.Embedding : precision.Matrices;
            TensorShape extents = rows == 1 ? new(1, columns) : new(2, columns, rows);
            writer.AddTensor(name, type, extents, Encode(type, values(name)));
        }
        await writer.WriteAsync(path);
    }

    private static void AddGeneral(GgufMetadataBuilder metadata, Precision precision, string origin)
    {
        metadata.Add("general.architecture", "llama");
        metadata.Add("general.type", "model");
        metadata.Add("general.name", "WasmChord Stories");
        metadata.Add("general.author", "WasmChord.Actors contributors");
        metadata.Add("general.license", "mit");
        metadata.Add("general.description", origin);
        metadata.AddArray("general.languages", ["en"]);
        metadata.Add("general.file_type", precision.FileType);
        metadata.Add("general.quantization_version", 2u);
    }

    private static void AddShape(GgufMetadataBuilder metadata, NetworkShape shape)
    {
        metadata.Add("llama.vocab_size", (uint)shape.VocabularySize);
        metadata.Add("llama.context_length", (uint)shape.Context);
        metadata.Add("llama.embedding_length", (uint)shape.Hidden);
        metadata.Add("llama.block_count", (uint)shape.Layers);
        metadata.Add("llama.feed_forward_length", (uint)shape.FeedForward);
        metadata.Add("llama.attention.head_count", (uint)shape.Heads);
        metadata.Add("llama.attention.head_count_kv", (uint)shape.KvHeads);
        metadata.Add("llama.attention.layer_norm_rms_epsilon", shape.Epsilon);
        metadata.Add("llama.rope.dimension_count", (uint)shape.HeadDim);
        metadata.Add("llama.rope.freq_base", shape.RopeBase);
    }

    private static void AddVocabulary(GgufMetadataBuilder metadata, StoryVocabulary vocabulary)
    {
        metadata.Add("tokenizer.ggml.model", "llama");
        metadata.Add("tokenizer.ggml.pre", "default");
        metadata.AddArray("tokenizer.ggml.tokens", vocabulary.Pieces);
        metadata.AddArray("tokenizer.ggml.scores", vocabulary.Scores.ToArray());
        metadata.AddArray("tokenizer.ggml.token_type", vocabulary.Types.Select(type => (int)type).ToArray());
        metadata.Add("tokenizer.ggml.bos_token_id", (uint)StoryVocabulary.Begin);
        metadata.Add("tokenizer.ggml.eos_token_id", (uint)StoryVocabulary.End);
        metadata.Add("tokenizer.ggml.unknown_token_id", (uint)StoryVocabulary.Unknown);
        metadata.Add("tokenizer.ggml.add_bos_token", true);
        metadata.Add("tokenizer.ggml.add_eos_token", false);
        metadata.Add("tokenizer.ggml.add_space_prefix", true);
    }

    private static byte[] Encode(GgmlType type, float[] values)
    {
        if (type == GgmlType.F32) return MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
        byte[] blocks = new byte[GgmlTypeTraits.For(type).BytesFor(values.Length)];
        Quantizer.FromFloat(type, values, blocks);
        return blocks;
    }
}
