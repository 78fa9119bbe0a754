namespace WasmChord.Inference;

/// <summary>
/// Marks the tokens that take the white space beside them along. GGUF has no place for that, so the reference goes by the
/// model's name, and so does this.
/// </summary>
internal static class StrippingTokens
{
    internal static void Mark(Vocabulary vocabulary, TokenizerMetadata metadata, string? preTokenizer)
    {
        string architecture = metadata.General("general.architecture");
        string name = metadata.General("general.name").ToLowerInvariant();
        if (ContainsAny(preTokenizer ?? "", "jina-v2-de", "jina-v2-es", "jina-v2-code") || ContainsAny(architecture, "nomic-bert-moe", "jina-bert-v3"))
            Set(vocabulary, "<mask>"u8, TokenAttributes.StripsLeft, true);
        else if (ContainsAny(name, "phi-3", "phi3")) MarkPhi3(vocabulary);
        else if (ContainsAny(name, "modern-bert")) Set(vocabulary, "[MASK]"u8, TokenAttributes.StripsLeft, true);
    }

    private static void MarkPhi3(Vocabulary vocabulary)
    {
        const TokenAttributes special = TokenAttributes.Control | TokenAttributes.UserDefined | TokenAttributes.Unknown;
        for (int token = 0; token < vocabulary.Count; token++)
            if (vocabulary.Is(token, special)) vocabulary.SetAttributes(token, vocabulary.Attributes(token) | TokenAttributes.StripsRight);
        Set(vocabulary, "</s>"u8, TokenAttributes.StripsRight, true);
        Set(vocabulary, "<unk>"u8, TokenAttributes.StripsRight, false);
        Set(vocabulary, "<s>"u8, TokenAttributes.StripsRight, false);
        Set(vocabulary, "<|endoftext|>"u8, TokenAttributes.StripsRight, false);
    }

    private static void Set(Vocabulary vocabulary, ReadOnlySpan<byte> text, TokenAttributes attribute, bool value)
    {
        int token = vocabulary.Find(text);
        if (token < 0) return;
        TokenAttributes others = vocabulary.Attributes(token) & ~attribute;
        vocabulary.SetAttributes(token, value ? others | attribute : others);
    }

    private static bool ContainsAny(string text, params ReadOnlySpan<string> parts)
    {
        foreach (string part in parts)
            if (text.Contains(part, StringComparison.Ordinal)) return true;
        return false;
    }
}
