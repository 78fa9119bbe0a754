using WasmChord.Gguf;
using WasmChord.Inference;

namespace WasmChord.Actors;

/// <summary>
/// How a model's tokens are text: its vocabulary and its chat template. A model whose vocabulary is absent or not
/// understood still runs, by tokens: only texts are refused. Immutable.
/// </summary>
internal sealed class ModelText
{
    private const string TemplateKey = "tokenizer.chat_template";

    private readonly InferenceException? _failure;
    private readonly string? _template;

    private ModelText(Tokenizer? tokenizer, InferenceException? failure, string? template)
    {
        Tokenizer = tokenizer;
        _failure = failure;
        _template = template;
    }

    /// <summary>The vocabulary; null where it is absent or not understood.</summary>
    public Tokenizer? Tokenizer { get; }

    /// <summary>Memory that it takes, about.</summary>
    public long ApproximateBytes => (Tokenizer?.ApproximateBytes ?? 0) + ((_template?.Length ?? 0) * (long)sizeof(char));

    /// <summary>Reads a model's vocabulary and template.</summary>
    /// <exception cref="GgufFormatException">The file does not hold what its header says.</exception>
    public static async Task<ModelText> OpenAsync(GgufModel model)
    {
        string? template = model.Metadata.TryGetEntry(TemplateKey, out GgufMetadataEntry? entry) && entry.Type == GgufValueType.String
            ? await entry.ReadStringAsync().ConfigureAwait(false)
            : null;
        try
        {
            return new ModelText(await Tokenizer.CreateAsync(model).ConfigureAwait(false), null, template);
        }
        catch (InferenceException e)
        {
            return new ModelText(null, e, template);
        }
    }

    /// <summary>What <see cref="ApproximateBytes"/> will be at most, by the header alone.</summary>
    public static long MostBytes(GgufModel model)
    {
        // Pieces, names, and tables to find them by: some multiple of what the file holds.
        const int Multiple = 8;
        long bytes = 0;
        foreach (GgufMetadataEntry entry in model.Metadata)
            if (entry.Key.StartsWith("tokenizer.", StringComparison.Ordinal)) bytes += entry.ValueByteLength;
        return Multiple * bytes;
    }

    /// <summary>The tokens of a prompt.</summary>
    /// <exception cref="InferenceException">The vocabulary, or the template, cannot do it.</exception>
    public TokenId[] Encode(GenerationPrompt prompt)
    {
        if (prompt.Tokens is not null) return [.. prompt.Tokens];
        Tokenizer tokenizer = Tokenizer ?? throw _failure!;
        if (prompt.Text is not null) return tokenizer.Encode(prompt.Text, prompt.AddsSpecial, prompt.ParsesSpecial);
        string? begin = NameOf(tokenizer.Special.BeginOfSequence);
        ChatTemplate template = prompt.TemplateName is { } name
            ? ChatTemplate.Named(name, begin)
            : ChatTemplate.FromMetadata(_template, begin, NameOf(tokenizer.Special.EndOfSequence));
        string text = template.Render(prompt.Messages!);
        return tokenizer.Encode(text, addSpecial: template.NeedsBos(text), parseSpecial: true);

        string? NameOf(TokenId? token) => token is { } id ? tokenizer.GetName(id) : null;
    }
}
