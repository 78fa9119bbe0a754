using System.Collections.Frozen;
using System.Globalization;

namespace WasmChord.Inference;

/// <summary>The filters, as in Jinja2; <c>tojson</c> as model templates expect it: plain JSON, nothing escaped for HTML.</summary>
internal static class JinjaFilters
{
    private static readonly FrozenDictionary<string, JinjaFunction> s_filters = new Dictionary<string, JinjaFunction>
    {
        ["trim"] = a => a.Made(JinjaText.Trim(Printed(a), a.Bind(0, "chars")[0] as string)),
        ["upper"] = a => Mapped(a, t => t.ToUpperInvariant()),
        ["lower"] = a => Mapped(a, t => t.ToLowerInvariant()),
        ["capitalize"] = a => Mapped(a, JinjaText.Capitalize),
        ["title"] = a => Mapped(a, JinjaText.TitleOfWords),
        ["string"] = a => Mapped(a, t => t),
        ["safe"] = a => Mapped(a, t => t),
        ["length"] = Length,
        ["count"] = Length,
        ["default"] = Default,
        ["d"] = Default,
        ["replace"] = a => JinjaMethods.Replace(a with { Subject = Printed(a) }),
        ["tojson"] = ToJson,
        ["join"] = Join,
        ["list"] = a => new List<object?>(NoArguments(a)),
        ["first"] = a => NoArguments(a) is { Count: > 0 } elements ? elements[0] : new JinjaUndefined("first"),
        ["last"] = a => NoArguments(a) is { Count: > 0 } elements ? elements[^1] : new JinjaUndefined("last"),
        ["reverse"] = Reverse,
        ["items"] = a => a.Subject is JinjaUndefined ? new List<object?>() : JinjaMethods.Items(a),
        ["dictsort"] = DictSort,
        ["sort"] = Sort,
        ["unique"] = Unique,
        ["map"] = Map,
        ["select"] = a => Chosen(a, byAttribute: false, keeps: true),
        ["reject"] = a => Chosen(a, byAttribute: false, keeps: false),
        ["selectattr"] = a => Chosen(a, byAttribute: true, keeps: true),
        ["rejectattr"] = a => Chosen(a, byAttribute: true, keeps: false),
        ["int"] = ToInteger,
        ["float"] = ToFloat,
        ["abs"] = Absolute,
        ["indent"] = Indent,
    }.ToFrozenDictionary();

    internal static JinjaFunction? Find(string name) => s_filters.GetValueOrDefault(name);

    private static string Printed(JinjaArguments a) => JinjaValue.Text(a.Run, a.Line, a.Subject);

    private static string Mapped(JinjaArguments a, Func<string, string> change)
    {
        a.Bind(0);
        return a.Made(change(Printed(a)));
    }

    private static IReadOnlyList<object?> NoArguments(JinjaArguments a)
    {
        a.Bind(0);
        return a.Elements();
    }

    private static object Length(JinjaArguments a)
    {
        a.Bind(0);
        return JinjaValue.Length(a.Line, a.Subject);
    }

    private static object? Default(JinjaArguments a)
    {
        object?[] bound = a.Bind(0, "default_value", "boolean");
        bool replaces = a.Subject is JinjaUndefined || (JinjaValue.IsTrue(bound[1]) && !JinjaValue.IsTrue(a.Subject));
        return !replaces ? a.Subject : bound[0] is JinjaUndefined ? string.Empty : bound[0];
    }

    private static string ToJson(JinjaArguments a)
    {
        object?[] bound = a.Bind(0, "indent", "ensure_ascii");
        if (JinjaValue.IsTrue(bound[1])) throw a.Wrong("with ensure_ascii");
        return JinjaLiteral.Json(a, a.Subject, bound[0] is null ? -1 : a.IntegerOf(bound[0], -1));
    }

    private static string Join(JinjaArguments a)
    {
        object?[] bound = a.Bind(0, "d", "attribute");
        string separator = bound[0] is JinjaUndefined ? string.Empty : JinjaValue.Text(a.Run, a.Line, bound[0]);
        List<string> parts = [];
        foreach (object? element in a.Elements())
        {
            object? part = bound[1] is JinjaUndefined ? element : Attribute(a, element, a.TextOf(bound[1]));
            parts.Add(JinjaValue.Text(a.Run, a.Line, part));
            a.Run.Spend(parts[^1].Length + separator.Length, a.Line);
        }

        return string.Join(separator, parts);
    }

    private static object Reverse(JinjaArguments a)
    {
        IReadOnlyList<object?> elements = NoArguments(a);
        IEnumerable<object?> reversed = elements.Reverse();
        return a.Subject is string ? string.Concat(reversed) : new List<object?>(reversed);
    }

    private static List<object?> DictSort(JinjaArguments a)
    {
        List<object?> items = JinjaMethods.Items(a);
        // Jinja2 sorts keys without regard to case.
        items.Sort((x, y) => string.CompareOrdinal(KeyOf(x), KeyOf(y)));
        return items;

        static string KeyOf(object? item) => ((string)((object?[])item!)[0]!).ToLowerInvariant();
    }

    private static List<object?> Sort(JinjaArguments a)
    {
        object?[] bound = a.Bind(0, "reverse", "case_sensitive", "attribute");
        bool descends = JinjaValue.IsTrue(bound[0]), withCase = JinjaValue.IsTrue(bound[1]);
        Comparer<object?> order = Comparer<object?>.Create((x, y) => JinjaValue.Order(a.Line, x, y) * (descends ? -1 : 1));
        IReadOnlyList<object?> elements = a.Elements();
        a.Run.Spend((long)elements.Count * 16, a.Line);
        try
        {
            return [.. elements.OrderBy(KeyOf, order)];
        }
        catch (InvalidOperationException e) when (e.InnerException is InferenceException reason)
        {
            throw reason;
        }

        object? KeyOf(object? element)
        {
            object? key = bound[2] is JinjaUndefined ? element : Attribute(a, element, a.TextOf(bound[2]));
            return key is string text && !withCase ? text.ToLowerInvariant() : key;
        }
    }

    private static List<object?> Unique(JinjaArguments a)
    {
        List<object?> unique = [];
        foreach (object? element in NoArguments(a))
        {
            // Strings that differ in case only are the same here, as in Jinja2.
            object? key = Folded(element);
            if (!unique.Exists(u => JinjaValue.AreEqual(a.Run, a.Line, Folded(u), key))) unique.Add(element);
        }

        return unique;

        static object? Folded(object? value) => value is string text ? text.ToLowerInvariant() : value;
    }

    private static List<object?> Map(JinjaArguments a)
    {
        // As in Jinja2, whatever is false has no elements here, none too.
        if (!JinjaValue.IsTrue(a.Subject)) return [];
        if (a.Positional.Count == 0)
        {
            object?[] bound = a.Bind(0, "attribute", "default");
            string path = a.TextOf(bound[0]);
            return [.. a.Elements().Select(e => Attribute(a, e, path) is var v && v is JinjaUndefined && bound[1] is not JinjaUndefined ? bound[1] : v)];
        }

        string name = a.TextOf(a.Positional[0]);
        JinjaFunction filter = Find(name) ?? throw a.Wrong($"does not know filter '{name}'");
        return [.. a.Elements().Select(e => filter(a with { Callee = name, Subject = e, Positional = [.. a.Positional.Skip(1)] }))];
    }

    private static List<object?> Chosen(JinjaArguments a, bool byAttribute, bool keeps)
    {
        if (a.Named.Count > 0) throw a.Wrong("takes arguments by position only");
        int own = byAttribute ? 1 : 0;
        if (a.Positional.Count < own) throw a.Wrong("needs an attribute");
        string? name = a.Positional.Count > own ? a.TextOf(a.Positional[own]) : null;
        JinjaFunction? test = name is null ? null : JinjaPredicates.Find(name) ?? throw a.Wrong($"does not know test '{name}'");
        object?[] rest = [.. a.Positional.Skip(own + 1)];
        if (!JinjaValue.IsTrue(a.Subject)) return [];
        return [.. a.Elements().Where(e => Holds(byAttribute ? Attribute(a, e, a.TextOf(a.Positional[0])) : e) == keeps)];

        bool Holds(object? value) => JinjaValue.IsTrue(test is null ? value : test(a with { Callee = name!, Subject = value, Positional = rest }));
    }

    /// <summary>An attribute by a path with dots.</summary>
    private static object? Attribute(JinjaArguments a, object? value, string path)
    {
        foreach (string name in path.Split('.'))
            value = JinjaValue.Element(a.Run, a.Line, value, long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out long index) ? index : name);
        return value;
    }

    private static object? ToInteger(JinjaArguments a)
    {
        object?[] bound = a.Bind(0, "default");
        object? otherwise = bound[0] is JinjaUndefined ? 0L : bound[0];
        return a.Subject switch
        {
            bool or long => JinjaValue.Number(a.Subject),
            double d => double.IsFinite(d) && Math.Abs(d) < 9e18 ? (long)d : otherwise,
            string s when long.TryParse(JinjaText.Trim(s), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long n) => n,
            string s when TryReadFloat(s, out double d) && Math.Abs(d) < 9e18 => (long)d,
            _ => otherwise,
        };
    }

    private static object? ToFloat(JinjaArguments a)
    {
        object?[] bound = a.Bind(0, "default");
        return a.Subject switch
        {
            bool b => b ? 1.0 : 0.0,
            long n => (double)n,
            double => a.Subject,
            string s when TryReadFloat(s, out double d) => d,
            _ => bound[0] is JinjaUndefined ? 0.0 : bound[0],
        };
    }

    private static bool TryReadFloat(string text, out double value) =>
        double.TryParse(JinjaText.Trim(text), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value);

    private static object Absolute(JinjaArguments a)
    {
        a.Bind(0);
        return JinjaValue.Number(a.Subject) switch
        {
            long n => n < 0 ? JinjaArithmetic.Negate(a.Line, n, negates: true) : n,
            double d => Math.Abs(d),
            _ => throw a.Wrong($"cannot be applied to {JinjaValue.KindOf(a.Subject)}"),
        };
    }

    /// <summary>Puts blanks before each line but the first, and but those that are empty.</summary>
    private static string Indent(JinjaArguments a)
    {
        object?[] bound = a.Bind(0, "width", "first", "blank");
        string indent = bound[0] is string text ? text : new string(' ', Math.Clamp(a.IntegerOf(bound[0], 4), 0, 1000));
        bool first = JinjaValue.IsTrue(bound[1]), blank = JinjaValue.IsTrue(bound[2]);
        string[] lines = Printed(a).Split('\n');
        a.Run.Spend((long)lines.Length * indent.Length, a.Line);
        for (int i = 0; i < lines.Length; i++)
            if (i == 0 ? first : blank || lines[i].Length > 0) lines[i] = indent + lines[i];
        return a.Made(string.Join('\n', lines));
    }
}
