using System.Collections.Concurrent;
using WasmChord.Gguf;
using WasmChord.Inference;

namespace WasmChord.Actors;

/// <summary>
/// How a model's tokens are text: its vocabulary and its chat template. A model whose vocabulary is absent or not
/// understood still runs, by tokens: only texts are refused. Any number of threads may use it.
/// </summary>
internal sealed class ModelText
{
    private const string TemplateKey = "tokenizer.chat_template";

    private readonly InferenceException? _failure;
    private readonly string? _template;
    private readonly ConcurrentDictionary<string, Lazy<ChatTemplate>> _templates = new(StringComparer.Ordinal); // by name; the model's own has none

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

    /// <summary>The tokens of a prompt, and what ends the answer to it besides what ends any text of the model.</summary>
    /// <exception cref="InferenceException">The vocabulary, or the template, cannot do it.</exception>
    public EncodedPrompt Encode(GenerationPrompt prompt)
    {
        if (prompt.Tokens is not null) return new EncodedPrompt([.. prompt.Tokens]);
        Tokenizer tokenizer = Tokenizer ?? throw _failure!;
        if (prompt.Text is not null) return new EncodedPrompt(tokenizer.Encode(prompt.Text, prompt.AddsSpecial, prompt.ParsesSpecial));
        ChatTemplate template = TemplateFor(prompt.TemplateName, tokenizer);
        string text = template.Render(prompt.Messages!);
        EncodedPrompt encoded = new(tokenizer.Encode(text, addSpecial: template.NeedsBos(text), parseSpecial: true));
        if (template.EndOfTurn is not { } end) return encoded;
        TokenId[] tokens = tokenizer.Encode(end, addSpecial: false, parseSpecial: true);
        // Where the vocabulary has no such token, a model that was trained on the format writes it as text.
        return tokens is [TokenId token] && tokenizer.GetAttributes(token).HasFlag(TokenAttributes.Control) ? encoded with { EndToken = token } : encoded with { EndText = end };
    }

    // Parsed once: a template is a program, and recognizing what it takes runs it several times. A name that is none is not
    // kept, or requests could fill the table.
    private ChatTemplate TemplateFor(string? name, Tokenizer tokenizer)
    {
        if (name is not null && !ChatTemplate.Names.Contains(name)) return ChatTemplate.Named(name);
        return _templates.GetOrAdd(name ?? "", key => new Lazy<ChatTemplate>(() => Create(key))).Value;

        ChatTemplate Create(string key)
        {
            string? begin = NameOf(tokenizer.Special.BeginOfSequence);
            return key.Length > 0 ? ChatTemplate.Named(key, begin) : ChatTemplate.FromMetadata(_template, begin, NameOf(tokenizer.Special.EndOfSequence));
        }

        string? NameOf(TokenId? token) => token is { } id ? tokenizer.GetName(id) : null;
    }
}
