using System.Text;
using WasmChord.Gguf;

namespace WasmChord.Inference.Tests;

/// <summary>A vocabulary made by a test, written as GGUF and read back.</summary>
internal sealed class TinyVocabulary(string model)
{
    public const int Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Unused = 5, Byte = 6;

    private readonly List<ReadOnlyMemory<byte>> _texts = [];
    private readonly List<int> _types = [];
    private readonly List<float> _scores = [];
    private readonly List<string> _merges = [];
    private readonly Dictionary<string, object> _extra = [];

    public int Count => _texts.Count;

    /// <summary>Unknown, begin, end, and a token for each byte.</summary>
    public static TinyVocabulary SentencePiece()
    {
        TinyVocabulary vocabulary = new TinyVocabulary("llama").Add("<unk>", type: Unknown).Add("<s>", type: Control).Add("</s>", type: Control);
        for (int value = 0; value < 256; value++) vocabulary.Add($"<0x{value:X2}>", type: Byte);
        return vocabulary;
    }

    /// <summary>A token for each byte, in order; then one that ends.</summary>
    public static TinyVocabulary BytePair(string? pre)
    {
        TinyVocabulary vocabulary = new("gpt2");
        if (pre is not null) vocabulary.Set("tokenizer.ggml.pre", pre);
        for (int value = 0; value < 256; value++) vocabulary.Add(CharacterOf((byte)value));
        return vocabulary.Add("<|endoftext|>", type: Control).Set("tokenizer.ggml.bos_token_id", 256u).Set("tokenizer.ggml.eos_token_id", 256u);
    }

    /// <summary>The character that stands for a byte in byte-level vocabularies, derived anew.</summary>
    public static string CharacterOf(byte value)
    {
        static bool IsPrintable(int b) => b is >= 33 and <= 126 or >= 161 and <= 172 or >= 174 and <= 255;
        return IsPrintable(value) ? $"{(char)value}" : $"{(char)(256 + Enumerable.Range(0, value).Count(b => !IsPrintable(b)))}";
    }

    public static string Encoded(string text) => string.Concat(Encoding.UTF8.GetBytes(text).Select(CharacterOf));

    public TinyVocabulary Add(string text, float score = 0, int type = Normal) => Add(Encoding.UTF8.GetBytes(text), score, type);

    public TinyVocabulary Add(byte[] text, float score = 0, int type = Normal)
    {
        _texts.Add(text);
        _types.Add(type);
        _scores.Add(score);
        return this;
    }

    /// <summary>Adds merges of byte-level text, and their results as tokens where they are none yet.</summary>
    public TinyVocabulary Merge(params string[] pairs)
    {
        foreach (string pair in pairs)
        {
            string[] sides = pair.Split('|');
            string left = Encoded(sides[0]), right = Encoded(sides[1]);
            _merges.Add($"{left} {right}");
            byte[] result = Encoding.UTF8.GetBytes(left + right);
            if (!_texts.Any(t => t.Span.SequenceEqual(result))) Add(result);
        }

        return this;
    }

    public TinyVocabulary RawMerge(params string[] merges)
    {
        _merges.AddRange(merges);
        return this;
    }

    public TinyVocabulary Set(string key, object value)
    {
        _extra[key] = value;
        return this;
    }

    public int IdOf(string text) => _texts.FindIndex(t => t.Span.SequenceEqual(Encoding.UTF8.GetBytes(text)));

    public async Task<Tokenizer> CreateAsync()
    {
        using GgufModel gguf = await OpenAsync();
        return await Tokenizer.CreateAsync(gguf);
    }

    public async Task<GgufModel> OpenAsync() => await OpenAsync(await WriteAsync());

    public static async Task<GgufModel> OpenAsync(byte[] file) => await GgufModel.OpenAsync([new StreamGgufSource(new MemoryStream(file))]);

    /// <summary>The file.</summary>
    public async Task<byte[]> WriteAsync()
    {
        GgufWriter writer = new();
        writer.Metadata.Add("general.architecture", "llama");
        writer.Metadata.Add("tokenizer.ggml.model", model);
        if (!_extra.ContainsKey("tokenizer.ggml.tokens")) writer.Metadata.AddArray("tokenizer.ggml.tokens", _texts);
        if (!_extra.ContainsKey("tokenizer.ggml.token_type")) writer.Metadata.AddArray("tokenizer.ggml.token_type", _types.ToArray());
        if (model == "llama" && !_extra.ContainsKey("tokenizer.ggml.scores")) writer.Metadata.AddArray("tokenizer.ggml.scores", _scores.ToArray());
        if (model is "gpt2" or "gemma4" && !_extra.ContainsKey("tokenizer.ggml.merges")) writer.Metadata.AddArray("tokenizer.ggml.merges", (IReadOnlyList<string>)_merges);
        foreach ((string key, object value) in _extra) AddTo(writer.Metadata, key, value);
        using MemoryStream stream = new();
        await writer.WriteAsync(stream);
        return stream.ToArray();
    }

    private static void AddTo(GgufMetadataBuilder metadata, string key, object value)
    {
        switch (value)
        {
            case Absent: break;
            case string text: metadata.Add(key, text); break;
            case bool flag: metadata.Add(key, flag); break;
            case uint number: metadata.Add(key, number); break;
            case int number: metadata.Add(key, number); break;
            case int[] numbers: metadata.AddArray(key, numbers); break;
            case float[] numbers: metadata.AddArray(key, numbers); break;
            case string[] texts: metadata.AddArray(key, texts); break;
            default: throw new NotSupportedException(value.GetType().Name);
        }
    }

    /// <summary>In place of a value: the key is left out.</summary>
    public sealed record Absent;
}
