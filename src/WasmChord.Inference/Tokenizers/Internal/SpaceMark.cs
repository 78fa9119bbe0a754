namespace WasmChord.Inference;

/// <summary>U+2581, which stands for the space in the texts of SentencePiece vocabularies.</summary>
internal static class SpaceMark
{
    internal static ReadOnlySpan<byte> Utf8 => "\u2581"u8;

    /// <summary>True where the mark occurs after anything but itself.</summary>
    internal static bool FollowsText(ReadOnlySpan<byte> text)
    {
        for (int from = 0; text[from..].IndexOf(Utf8) is var found and >= 0; from += found + Utf8.Length)
            if (found > 0) return true;
        return false;
    }

    /// <summary>Writes a text with marks for its spaces.</summary>
    /// <returns>How many bytes were written: up to three times the text's.</returns>
    internal static int Escape(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        int written = 0;
        while (!text.IsEmpty)
        {
            int run = text.IndexOf((byte)' ');
            if (run < 0) run = text.Length;
            text[..run].CopyTo(destination[written..]);
            written += run;
            if (run == text.Length) break;
            Utf8.CopyTo(destination[written..]);
            written += Utf8.Length;
            text = text[(run + 1)..];
        }

        return written;
    }

    /// <summary>Writes a text with spaces for its marks.</summary>
    /// <returns>How many bytes were written: at most the text's.</returns>
    internal static int Unescape(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        int written = 0;
        while (!text.IsEmpty)
        {
            int run = text.IndexOf(Utf8);
            if (run < 0) run = text.Length;
            text[..run].CopyTo(destination[written..]);
            written += run;
            if (run == text.Length) break;
            destination[written++] = (byte)' ';
            text = text[(run + Utf8.Length)..];
        }

        return written;
    }
}
