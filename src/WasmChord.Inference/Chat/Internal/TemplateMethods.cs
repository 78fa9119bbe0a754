using static WasmChord.Inference.TemplateValues;

namespace WasmChord.Inference;

/// <summary>Methods of strings, lists and mappings: those of Python that templates call.</summary>
internal static class TemplateMethods
{
    internal static object? Call(object? target, string name, List<object?> arguments) => target switch
    {
        string text => OfString(text, name, arguments),
        TemplateMap map => OfMap(map, name, arguments),
        List<object?> list => name switch
        {
            "count" => (long)list.Count(v => TemplateValues.Equals(v, arguments.FirstOrDefault())),
            "index" => (long)list.FindIndex(v => TemplateValues.Equals(v, arguments.FirstOrDefault())),
            _ => throw Unclear($"the method '{name}' of a list is not understood"),
        },
        _ => throw Unclear($"the method '{name}' is asked of {KindOf(target)}"),
    };

    private static object? OfString(string text, string name, List<object?> arguments)
    {
        return name switch
        {
            "strip" => text.Trim(Characters()),
            "lstrip" => text.TrimStart(Characters()),
            "rstrip" => text.TrimEnd(Characters()),
            "upper" => text.ToUpperInvariant(),
            "lower" => text.ToLowerInvariant(),
            "title" => TemplateFilters.Title(text),
            "capitalize" => TemplateFilters.Capitalize(text),
            "startswith" => Any(p => text.StartsWith(p, StringComparison.Ordinal)),
            "endswith" => Any(p => text.EndsWith(p, StringComparison.Ordinal)),
            "replace" => Replace(),
            "find" => (long)text.IndexOf(String(0), StringComparison.Ordinal),
            "rfind" => (long)text.LastIndexOf(String(0), StringComparison.Ordinal),
            "count" => (long)(String(0).Length == 0 ? text.Length + 1 : text.Split(String(0)).Length - 1),
            "split" => Split(text, arguments),
            "splitlines" => text.Split('\n').Select(object? (l) => l).ToList(),
            "join" => TemplateFilters.Join(arguments.FirstOrDefault(), text),
            "removeprefix" => text.StartsWith(String(0), StringComparison.Ordinal) ? text[String(0).Length..] : text,
            "removesuffix" => text.EndsWith(String(0), StringComparison.Ordinal) ? text[..^String(0).Length] : text,
            "isdigit" => text.Length > 0 && text.All(char.IsDigit),
            _ => throw Unclear($"the method '{name}' of a string is not understood"),
        };

        string String(int index) => arguments.ElementAtOrDefault(index) as string ?? throw Unclear($"'{name}' needs a string");

        char[]? Characters() => arguments.Count > 0 && arguments[0] is string set ? set.ToCharArray() : null;

        bool Any(Predicate<string> holds) => arguments.FirstOrDefault() is List<object?> list ? list.Exists(v => v is string s && holds(s)) : holds(String(0));

        string Replace() => String(0).Length == 0 ? throw Unclear("'replace' of an empty string is not understood") : text.Replace(String(0), String(1), StringComparison.Ordinal);
    }

    private static List<object?> Split(string text, List<object?> arguments)
    {
        int most = arguments.Count > 1 && arguments[1] is long n && n >= 0 ? (int)Math.Min(n, int.MaxValue - 1) + 1 : int.MaxValue;
        IEnumerable<string> parts = arguments.FirstOrDefault() switch
        {
            string { Length: > 0 } separator => text.Split(separator, most),
            null => text.Split((char[]?)null, most, StringSplitOptions.RemoveEmptyEntries),
            _ => throw Unclear("'split' needs a separator"),
        };
        return [.. parts];
    }

    private static object? OfMap(TemplateMap map, string name, List<object?> arguments) => name switch
    {
        "items" => TemplateFilters.Items(map),
        "keys" => map.Keys.Select(object? (k) => k).ToList(),
        "values" => map.Values.ToList(),
        "get" => arguments.FirstOrDefault() is string key && map.TryGetValue(key, out object? value) ? value : arguments.ElementAtOrDefault(1),
        _ => throw Unclear($"the method '{name}' of a mapping is not understood"),
    };
}
