using System.Globalization;
using System.Text;

namespace WasmChord.Inference;

/// <summary>Strings as Python writes them in lists (repr), and values as JSON.</summary>
internal static class JinjaLiteral
{
    /// <summary>A string between quotes: single ones, unless it holds those and no double ones.</summary>
    internal static string Of(string text)
    {
        char quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        StringBuilder literal = new(text.Length + 2);
        literal.Append(quote);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value == quote || rune.Value == '\\') literal.Append('\\').Append(rune);
            else if (rune.Value is '\n' or '\r' or '\t') literal.Append('\\').Append(rune.Value == '\n' ? 'n' : rune.Value == '\r' ? 'r' : 't');
            else if (IsPrintable(rune)) literal.Append(rune);
            else if (rune.Value < 0x100) literal.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
            else if (rune.IsBmp) literal.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
            else literal.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}");
        }

        return literal.Append(quote).ToString();
    }

    /// <summary>A value as JSON, as Python's json.dumps writes it without escaping what is not ASCII.</summary>
    /// <param name="arguments">Of the filter: the run and the line.</param>
    /// <param name="value">The value.</param>
    /// <param name="indent">Spaces a level; −1 for one line.</param>
    internal static string Json(JinjaArguments arguments, object? value, int indent)
    {
        StringBuilder json = new();
        AppendJson(arguments, json, value, indent, 0);
        return arguments.Made(json.ToString());
    }

    private static void AppendJson(JinjaArguments arguments, StringBuilder json, object? value, int indent, int depth)
    {
        arguments.Run.Enter(arguments.Line);
        int before = json.Length;
        switch (value)
        {
            case null: json.Append("null"); break;
            case bool b: json.Append(b ? "true" : "false"); break;
            case long n: json.Append(CultureInfo.InvariantCulture, $"{n}"); break;
            case double d: json.Append(double.IsNaN(d) ? "NaN" : double.IsInfinity(d) ? d > 0 ? "Infinity" : "-Infinity" : JinjaText.OfFloat(d)); break;
            case string s: AppendJson(json, s); break;
            case JinjaMap map:
                AppendAll(arguments, json, '{', '}', [.. map.Entries], indent, depth, entry =>
                {
                    AppendJson(json, entry.Key);
                    json.Append(": ");
                    AppendJson(arguments, json, entry.Value, indent, depth + 1);
                });
                break;
            case IReadOnlyList<object?> list:
                AppendAll(arguments, json, '[', ']', list, indent, depth, element => AppendJson(arguments, json, element, indent, depth + 1));
                break;
            default: throw arguments.Wrong($"cannot write {JinjaValue.KindOf(value)}");
        }

        arguments.Run.Spend(json.Length - before, arguments.Line);
        arguments.Run.Leave();
    }

    private static void AppendAll<T>(JinjaArguments arguments, StringBuilder json, char open, char close, IReadOnlyList<T> items, int indent, int depth, Action<T> append)
    {
        json.Append(open);
        for (int i = 0; i < items.Count; i++)
        {
            if (i > 0) json.Append(indent < 0 ? ", " : ",");
            Break(depth + 1);
            append(items[i]);
        }

        if (items.Count > 0) Break(depth);
        json.Append(close);

        void Break(int level)
        {
            if (indent < 0) return;
            arguments.Run.Spend((long)indent * level, arguments.Line);
            json.Append('\n').Append(' ', indent * level);
        }
    }

    private static void AppendJson(StringBuilder json, string text)
    {
        json.Append('"');
        foreach (char c in text)
        {
            if (c is '"' or '\\') json.Append('\\').Append(c);
            else if (c is '\n' or '\r' or '\t' or '\b' or '\f') json.Append('\\').Append("btnfr"["\b\t\n\f\r".IndexOf(c, StringComparison.Ordinal)]);
            else if (c < ' ') json.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else json.Append(c);
        }

        json.Append('"');
    }

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
}
