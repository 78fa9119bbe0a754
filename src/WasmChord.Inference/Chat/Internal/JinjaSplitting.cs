namespace WasmChord.Inference;

/// <summary>Python's ways to split strings.</summary>
internal static class JinjaSplitting
{
    /// <summary>At a separator, at most so many times (negative: at all), counted from the start or the end.</summary>
    internal static List<object?> Parts(string text, string separator, int most, bool fromEnd)
    {
        List<object?> parts = [];
        int start = 0, end = text.Length;
        while (most < 0 || parts.Count < most)
        {
            int at = fromEnd
                ? text[..end].LastIndexOf(separator, StringComparison.Ordinal)
                : text.IndexOf(separator, start, StringComparison.Ordinal);
            if (at < 0) break;
            parts.Add(fromEnd ? text[(at + separator.Length)..end] : text[start..at]);
            if (fromEnd) end = at;
            else start = at + separator.Length;
        }

        parts.Add(text[start..end]);
        if (fromEnd) parts.Reverse();
        return parts;
    }

    /// <summary>At runs of blanks, without empty parts.</summary>
    internal static List<object?> Words(string text, int most, bool fromEnd)
    {
        List<object?> words = [];
        string rest = JinjaText.Trim(text);
        while (rest.Length > 0)
        {
            int length = 0;
            if (most >= 0 && words.Count >= most) length = rest.Length;
            while (length < rest.Length && !JinjaText.IsBlank(fromEnd ? rest[rest.Length - 1 - length] : rest[length])) length++;
            words.Add(fromEnd ? rest[^length..] : rest[..length]);
            rest = fromEnd ? JinjaText.TrimEnd(rest[..^length]) : JinjaText.TrimStart(rest[length..]);
        }

        if (fromEnd) words.Reverse();
        return words;
    }

    /// <summary>At line breaks, which are dropped.</summary>
    internal static IEnumerable<string> Lines(string text)
    {
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('\n' or '\r' or '\v' or '\f' or '\x1C' or '\x1D' or '\x1E' or '\x85' or '\u2028' or '\u2029')) continue;
            yield return text[start..i];
            if (text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n') i++;
            start = i + 1;
        }

        if (start < text.Length) yield return text[start..];
    }
}
