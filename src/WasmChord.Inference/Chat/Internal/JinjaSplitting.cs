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
            ReadOnlySpan<char> rest = text.AsSpan(start, end - start);
            int at = fromEnd ? rest.LastIndexOf(separator, StringComparison.Ordinal) : rest.IndexOf(separator, StringComparison.Ordinal);
            if (at < 0) break;
            parts.Add((fromEnd ? rest[(at + separator.Length)..] : rest[..at]).ToString());
            if (fromEnd) end = start + at;
            else start += at + separator.Length;
        }

        parts.Add(text[start..end]);
        if (fromEnd) parts.Reverse();
        return parts;
    }

    /// <summary>At runs of blanks, without empty parts.</summary>
    internal static List<object?> Words(string text, int most, bool fromEnd)
    {
        List<object?> words = [];
        int start = 0, end = text.Length;
        while (true)
        {
            // The rest, after as many splits as are allowed, keeps the blanks at its other side.
            while (start < end && JinjaText.IsBlank(text[fromEnd ? end - 1 : start]))
            {
                if (fromEnd) end--;
                else start++;
            }

            if (start == end) break;
            int length = most >= 0 && words.Count >= most ? end - start : 0;
            while (length < end - start && !JinjaText.IsBlank(fromEnd ? text[end - 1 - length] : text[start + length])) length++;
            words.Add(fromEnd ? text[(end - length)..end] : text.Substring(start, length));
            if (fromEnd) end -= length;
            else start += length;
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
