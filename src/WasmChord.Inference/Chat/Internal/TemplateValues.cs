using System.Globalization;
using System.Text;

namespace WasmChord.Inference;

/// <summary>
/// Values of templates: null, bool, long, double, string, <see cref="List{T}"/> of values, <see cref="TemplateMap"/>,
/// functions, and <see cref="Undefined"/>; with Python's notions of truth, equality and text.
/// </summary>
internal static class TemplateValues
{
    /// <summary>What a name or a key that is not there gives.</summary>
    internal static readonly object Undefined = new UndefinedValue();

    internal static bool IsTrue(object? value) => value switch
    {
        null or UndefinedValue => false,
        bool b => b,
        long n => n != 0,
        double d => d != 0,
        string s => s.Length > 0,
        List<object?> list => list.Count > 0,
        TemplateMap map => map.Count > 0,
        _ => true,
    };

    internal static new bool Equals(object? a, object? b) => (a, b) switch
    {
        (List<object?> x, List<object?> y) => x.Count == y.Count && x.Zip(y).All(p => Equals(p.First, p.Second)),
        (TemplateMap x, TemplateMap y) => x.Count == y.Count && x.All(p => y.TryGetValue(p.Key, out object? other) && Equals(p.Value, other)),
        _ when TryNumber(a, out double x) && TryNumber(b, out double y) => x == y,
        _ => object.Equals(a, b),
    };

    internal static int Compare(object? a, object? b)
    {
        if (a is string s && b is string t) return string.CompareOrdinal(s, t);
        if (TryNumber(a, out double x) && TryNumber(b, out double y)) return x.CompareTo(y);
        throw Unclear($"{KindOf(a)} and {KindOf(b)} cannot be compared");
    }

    internal static bool TryNumber(object? value, out double number)
    {
        number = value switch { bool b => b ? 1 : 0, long n => n, double d => d, _ => double.NaN };
        return value is bool or long or double;
    }

    /// <summary>As <c>str()</c> gives it.</summary>
    internal static string Text(object? value) => value switch
    {
        null => "None",
        UndefinedValue => string.Empty,
        string s => s,
        bool b => b ? "True" : "False",
        long n => n.ToString(CultureInfo.InvariantCulture),
        double d => Real(d),
        List<object?> or TemplateMap => Representation(value),
        _ => throw Unclear($"{KindOf(value)} is not text"),
    };

    /// <summary>As <c>json.dumps</c> gives it, without escaping what is not ASCII.</summary>
    internal static string Json(object? value, int indent, int depth = 0)
    {
        string newline = indent > 0 ? "\n" + new string(' ', indent * (depth + 1)) : string.Empty, end = indent > 0 ? "\n" + new string(' ', indent * depth) : string.Empty;
        string comma = indent > 0 ? "," + newline : ", ";
        if (depth > TemplateScope.MaxDepth) throw Unclear("values are nested too deeply");
        return value switch
        {
            null => "null",
            bool b => b ? "true" : "false",
            string s => JsonString(s),
            long or double => Text(value),
            List<object?> { Count: 0 } => "[]",
            TemplateMap { Count: 0 } => "{}",
            List<object?> list => "[" + newline + string.Join(comma, list.Select(v => Json(v, indent, depth + 1))) + end + "]",
            TemplateMap map => "{" + newline + string.Join(comma, map.Select(p => $"{JsonString(p.Key)}: {Json(p.Value, indent, depth + 1)}")) + end + "}",
            _ => throw Unclear($"{KindOf(value)} has no JSON"),
        };
    }

    internal static string KindOf(object? value) => value switch
    {
        null => "none",
        UndefinedValue => "an undefined value",
        bool => "a boolean",
        long or double => "a number",
        string => "a string",
        List<object?> => "a list",
        TemplateMap => "a mapping",
        _ => "a function",
    };

    internal static InferenceException Unclear(string text) => new(InferenceError.UnsupportedTemplate, $"chat template: {text}");

    private static string Real(double d)
    {
        string text = d.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().IndexOfAnyExceptInRange('0', '9') is var other && (other < 0 || (other == 0 && text.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0)) ? text + ".0" : text;
    }

    private static string Representation(object? value) => value switch
    {
        string s => "'" + s.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + "'",
        List<object?> list => "[" + string.Join(", ", list.Select(Representation)) + "]",
        TemplateMap map => "{" + string.Join(", ", map.Select(p => $"{Representation(p.Key)}: {Representation(p.Value)}")) + "}",
        _ => Text(value),
    };

    private static string JsonString(string s)
    {
        StringBuilder text = new("\"");
        foreach (char c in s)
        {
            text.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                < ' ' => $"\\u{(int)c:x4}",
                _ => c.ToString(),
            });
        }

        return text.Append('"').ToString();
    }

    private sealed class UndefinedValue;
}
