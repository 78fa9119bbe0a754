using System.Globalization;
using System.Text;

namespace WasmChord.Inference;

/// <summary>Strings as Python sees them: indices count code points, blanks are those of str.isspace.</summary>
internal static class JinjaText
{
    internal static bool IsBlank(char c) => char.IsWhiteSpace(c) || c is >= '\x1C' and <= '\x1F';

    internal static string Trim(string text, string? characters = null) => TrimStart(TrimEnd(text, characters), characters);

    internal static string TrimStart(string text, string? characters = null)
    {
        int start = 0;
        while (start < text.Length && IsOneOf(text[start], characters)) start++;
        return text[start..];
    }

    internal static string TrimEnd(string text, string? characters = null)
    {
        int end = text.Length;
        while (end > 0 && IsOneOf(text[end - 1], characters)) end--;
        return text[..end];
    }

    internal static int Length(string text)
    {
        int pairs = 0;
        for (int i = 1; i < text.Length; i++)
            if (char.IsSurrogatePair(text[i - 1], text[i])) pairs++;
        return text.Length - pairs;
    }

    /// <summary>The characters, one string for each code point.</summary>
    internal static List<object?> Characters(string text)
    {
        List<object?> characters = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            int length = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]) ? 2 : 1;
            characters.Add(text.Substring(i, length));
            i += length - 1;
        }

        return characters;
    }

    /// <summary>The first character in upper case, the others in lower case.</summary>
    internal static string Capitalize(string text) =>
        text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..].ToLowerInvariant();

    /// <summary>Each word's first letter in upper case, the others in lower case; what is no letter ends a word.</summary>
    internal static string Title(string text)
    {
        StringBuilder title = new(text.Length);
        bool inWord = false;
        foreach (char c in text)
        {
            title.Append(inWord ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c));
            inWord = char.IsLetter(c);
        }

        return title.ToString();
    }

    /// <summary>The filter's idea of titles: words begin after blanks, hyphens and opening brackets.</summary>
    internal static string TitleOfWords(string text)
    {
        StringBuilder title = new(text.Length);
        bool inWord = false;
        foreach (char c in text)
        {
            title.Append(inWord ? char.ToLowerInvariant(c) : char.ToUpperInvariant(c));
            inWord = !IsBlank(c) && c is not ('-' or '(' or '{' or '[' or '<');
        }

        return title.ToString();
    }

    /// <summary>The shortest digits that read back as the same number, with a fraction or an exponent.</summary>
    internal static string OfFloat(double value)
    {
        if (double.IsNaN(value)) return "nan";
        if (double.IsInfinity(value)) return value > 0 ? "inf" : "-inf";
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        // Python writes exponents from 1e16 on, .NET from 17 digits on.
        if (Math.Abs(value) is >= 1e16 and < 1e17 && !text.Contains('E', StringComparison.Ordinal))
        {
            string sign = value < 0 ? "-" : string.Empty, digits = text.TrimStart('-').TrimEnd('0');
            return $"{sign}{digits[0]}{(digits.Length > 1 ? "." : string.Empty)}{digits[1..]}e+16";
        }

        if (text.Contains('E', StringComparison.Ordinal)) return text.ToLowerInvariant();
        return text.Contains('.', StringComparison.Ordinal) ? text : text + ".0";
    }

    private static bool IsOneOf(char c, string? characters) => characters is null ? IsBlank(c) : characters.Contains(c, StringComparison.Ordinal);
}
