namespace WasmChord.Inference;

/// <summary>
/// Takes out the spaces that old tokenizers left before punctuation: <c>clean_up_tokenization_spaces</c> of Hugging Face's
/// transformers, which decoding in llama.cpp follows for most byte-level vocabularies. Not invertible.
/// </summary>
internal static class SpaceCleaner
{
    /// <summary>Cleans text in place.</summary>
    /// <returns>The bytes left.</returns>
    internal static int Clean(Span<byte> text)
    {
        int length = BeforeStops(text);
        length = AroundApostrophes(text[..length]);
        return BeforeEndings(text[..length]);
    }

    /// <summary><c>" ?" " !" " ." " ,"</c></summary>
    private static int BeforeStops(Span<byte> text)
    {
        int written = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (i > 0 && text[i - 1] == ' ' && text[i] is (byte)'?' or (byte)'!' or (byte)'.' or (byte)',') written--;
            text[written++] = text[i];
        }

        return written;
    }

    /// <summary><c>" ' "</c> loses both spaces.</summary>
    private static int AroundApostrophes(Span<byte> text)
    {
        int written = 0;
        for (int i = 0; i < text.Length; i++)
        {
            bool alone = i > 0 && text[i] == '\'' && i + 1 < text.Length && text[i - 1] == ' ' && text[i + 1] == ' ';
            if (alone) written--;
            text[written++] = text[i];
            // What follows sees no space here any more.
            if (alone) text[++i] = 0;
        }

        return written;
    }

    /// <summary><c>" 's" " 'm" " 're" " 've"</c></summary>
    private static int BeforeEndings(Span<byte> text)
    {
        int written = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (i > 0 && text[i - 1] == ' ' && text[i] == '\'' && IsEnding(text[(i + 1)..])) written--;
            text[written++] = text[i];
        }

        return written;
    }

    private static bool IsEnding(ReadOnlySpan<byte> text) =>
        text.Length > 0 && (text[0] is (byte)'s' or (byte)'m' || text.StartsWith("re"u8) || text.StartsWith("ve"u8));
}
