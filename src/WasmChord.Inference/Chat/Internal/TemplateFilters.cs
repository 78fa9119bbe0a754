using System.Globalization;
using static WasmChord.Inference.TemplateValues;

namespace WasmChord.Inference;

/// <summary>What follows <c>|</c>.</summary>
internal static class TemplateFilters
{
    internal static object? Apply(string name, object? value, List<object?> arguments, TemplateMap named)
    {
        switch (name)
        {
            case "trim": return arguments.Count > 0 && arguments[0] is string set ? Text(value).Trim(set.ToCharArray()) : Text(value).Trim();
            case "tojson": return Json(value, Option("indent", 0) is long indent ? (int)Math.Clamp(indent, 0, 16) : 0);
            case "length" or "count": return Length(value);
            case "upper": return Text(value).ToUpperInvariant();
            case "lower": return Text(value).ToLowerInvariant();
            case "title": return Title(Text(value));
            case "capitalize": return Capitalize(Text(value));
            case "string" or "safe" or "e" or "escape": return Text(value);
            case "replace": return TemplateMethods.Call(Text(value), "replace", arguments);
            case "join": return Join(value, Option("d", 0) as string ?? string.Empty, Option("attribute", 1));
            case "default" or "d": return value == Undefined || (IsTrue(Option("boolean", 1)) && !IsTrue(value)) ? Option("default_value", 0) ?? string.Empty : value;
            case "first": return Elements(value) is { Count: > 0 } some ? some[0] : Undefined;
            case "last": return Elements(value) is { Count: > 0 } any ? any[^1] : Undefined;
            case "list": return Elements(value);
            case "items": return value is TemplateMap map ? Items(map) : throw Unclear($"'items' is asked of {KindOf(value)}");
            case "dictsort": return value is TemplateMap sorted ? Items(sorted).OrderBy(p => Text(((List<object?>)p!)[0]), StringComparer.OrdinalIgnoreCase).ToList() : throw Unclear($"'dictsort' is asked of {KindOf(value)}");
            case "reverse": return value is string text ? new string([.. text.Reverse()]) : Enumerable.Reverse(Elements(value)).ToList();
            case "sort": return Elements(value).Order(Comparer<object?>.Create(Compare)).ToList();
            case "unique": return Unique(Elements(value));
            case "int": return ToInteger(value);
            case "float": return TryNumber(value, out double real) ? real : double.TryParse(Text(value), CultureInfo.InvariantCulture, out real) ? real : 0.0;
            case "abs": return value switch { long n => Math.Abs(n), double d => Math.Abs(d), _ => throw Unclear($"'abs' is asked of {KindOf(value)}") };
            case "indent": return Indent(Text(value), Option("width", 0) is long width ? (int)Math.Clamp(width, 0, 64) : 4, IsTrue(Option("first", 1)));
            case "map": return Map(Elements(value), arguments, named);
            case "select" or "reject": return Elements(value).FindAll(v => (name == "select") == Selected(v, arguments, 0));
            case "selectattr" or "rejectattr":
                return Elements(value).FindAll(v => (name == "selectattr") == Selected(TemplateOperators.Item(v, arguments[0]), arguments, 1));
            default: throw Unclear($"the filter '{name}' is not understood");
        }

        object? Option(string key, int position) => named.TryGetValue(key, out object? option) ? option : arguments.ElementAtOrDefault(position);
    }

    internal static List<object?> Items(TemplateMap map) => [.. map.Select(object? (p) => new List<object?> { p.Key, p.Value })];

    internal static List<object?> Elements(object? value) => value switch
    {
        List<object?> list => list,
        TemplateMap map => [.. map.Keys],
        string text => [.. text.Select(object? (c) => c.ToString())],
        _ when value == Undefined => [],
        _ => throw Unclear($"{KindOf(value)} has no elements"),
    };

    internal static string Join(object? value, string separator, object? attribute = null) =>
        string.Join(separator, Elements(value).Select(v => Text(attribute is null ? v : TemplateOperators.Item(v, attribute))));

    internal static string Title(string text) => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(text.ToLowerInvariant());

    internal static string Capitalize(string text) => text.Length == 0 ? text : text[..1].ToUpperInvariant() + text[1..].ToLowerInvariant();

    private static long Length(object? value) => value is string s ? s.EnumerateRunes().Count() : Elements(value).Count;

    private static long ToInteger(object? value) => value switch
    {
        string s => long.TryParse(s.Trim(), CultureInfo.InvariantCulture, out long n) ? n : 0,
        _ => TryNumber(value, out double d) ? (long)d : 0,
    };

    private static List<object?> Unique(List<object?> elements)
    {
        List<object?> kept = [];
        foreach (object? v in elements)
            if (!kept.Exists(k => TemplateValues.Equals(k, v))) kept.Add(v);
        return kept;
    }

    private static string Indent(string text, int width, bool first) =>
        (first ? new string(' ', width) : string.Empty) + string.Join('\n', text.Split('\n').Select((l, i) => i == 0 || l.Length == 0 ? l : new string(' ', width) + l));

    private static List<object?> Map(List<object?> elements, List<object?> arguments, TemplateMap named)
    {
        if (named.TryGetValue("attribute", out object? attribute)) return [.. elements.Select(v => TemplateOperators.Item(v, attribute))];
        if (arguments.FirstOrDefault() is not string filter) throw Unclear("'map' needs an attribute or a filter");
        return [.. elements.Select(v => Apply(filter, v, arguments[1..], named))];
    }

    private static bool Selected(object? value, List<object?> arguments, int test) =>
        arguments.Count <= test ? IsTrue(value) : TemplateTests.Holds(Text(arguments[test]), value, arguments[(test + 1)..]);
}
