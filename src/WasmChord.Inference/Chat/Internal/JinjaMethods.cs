using System.Collections.Frozen;

namespace WasmChord.Inference;

/// <summary>Attributes of values: methods of strings and mappings as in Python, keys of mappings.</summary>
internal static class JinjaMethods
{
    private static readonly FrozenDictionary<string, JinjaFunction> s_ofStrings = new Dictionary<string, JinjaFunction>
    {
        ["strip"] = a => a.Made(JinjaText.Trim(a.Text(), Characters(a))),
        ["lstrip"] = a => a.Made(JinjaText.TrimStart(a.Text(), Characters(a))),
        ["rstrip"] = a => a.Made(JinjaText.TrimEnd(a.Text(), Characters(a))),
        ["upper"] = a => a.Made(NoArguments(a).ToUpperInvariant()),
        ["lower"] = a => a.Made(NoArguments(a).ToLowerInvariant()),
        ["title"] = a => a.Made(JinjaText.Title(NoArguments(a))),
        ["capitalize"] = a => a.Made(JinjaText.Capitalize(NoArguments(a))),
        ["isdigit"] = a => NoArguments(a).Length > 0 && a.Text().All(char.IsDigit),
        ["startswith"] = a => HasAtEdge(a, (text, part) => text.StartsWith(part, StringComparison.Ordinal)),
        ["endswith"] = a => HasAtEdge(a, (text, part) => text.EndsWith(part, StringComparison.Ordinal)),
        ["removeprefix"] = a => Argument(a) is { } part && a.Text().StartsWith(part, StringComparison.Ordinal) ? a.Made(a.Text()[part.Length..]) : a.Subject,
        ["removesuffix"] = a => Argument(a) is { } part && a.Text().EndsWith(part, StringComparison.Ordinal) ? a.Made(a.Text()[..^part.Length]) : a.Subject,
        ["find"] = a => Find(a, a.Text().IndexOf(Searched(a), StringComparison.Ordinal)),
        ["rfind"] = a => Find(a, a.Text().LastIndexOf(Searched(a), StringComparison.Ordinal)),
        ["count"] = Count,
        ["replace"] = Replace,
        ["split"] = a => Split(a, fromEnd: false),
        ["rsplit"] = a => Split(a, fromEnd: true),
        ["splitlines"] = a => new List<object?>(JinjaSplitting.Lines(a.Made(NoArguments(a)))),
        ["join"] = Join,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, JinjaFunction> s_ofMaps = new Dictionary<string, JinjaFunction>
    {
        ["items"] = Items,
        ["keys"] = a => Taken(a, map => map.Entries.Keys),
        ["values"] = a => Taken(a, map => map.Entries.Values),
        ["get"] = a =>
        {
            object?[] bound = a.Bind(1, "key", "default");
            return bound[0] is string key && ((JinjaMap)a.Subject!).TryGet(key, out object? value) ? value : bound[1] is JinjaUndefined ? null : bound[1];
        },
    }.ToFrozenDictionary();

    /// <summary>Names that mean a method of Python's which is not offered here; as keys they would be mistaken for it.</summary>
    private static readonly FrozenSet<string> s_otherMethods = FrozenSet.Create(
        "append", "extend", "insert", "remove", "pop", "popitem", "clear", "update", "setdefault", "sort", "reverse", "copy", "fromkeys", "index");

    internal static object? Attribute(object? target, string name, int line)
    {
        switch (target)
        {
            case JinjaUndefined: throw JinjaRun.Unsupported(line, $"{JinjaValue.KindOf(target)} has no '{name}'");
            case JinjaLoop loop: return loop.Attribute(name, line);
            case JinjaNamespace space: return space.Attributes.TryGetValue(name, out object? attribute) ? attribute : new JinjaUndefined(name);
            case JinjaMap map when !s_ofMaps.ContainsKey(name) && !s_otherMethods.Contains(name): return map.TryGet(name, out object? value) ? value : new JinjaUndefined(name);
        }

        FrozenDictionary<string, JinjaFunction>? methods = target switch { string => s_ofStrings, JinjaMap => s_ofMaps, _ => null };
        if (methods is not null && methods.TryGetValue(name, out JinjaFunction? method)) return new JinjaFunction(a => method(a with { Subject = target, Callee = name }));
        return s_otherMethods.Contains(name) ? throw JinjaRun.Unsupported(line, $"method '{name}' of {JinjaValue.KindOf(target)}") : new JinjaUndefined(name);
    }

    internal static List<object?> Items(JinjaArguments a)
    {
        a.Bind(0);
        if (a.Subject is not JinjaMap map) throw a.Wrong($"cannot be applied to {JinjaValue.KindOf(a.Subject)}");
        a.Run.Spend(map.Count, a.Line);
        return [.. map.Entries.Select(e => new object?[] { e.Key, e.Value })];
    }

    /// <summary>The filter and the method: at most so many occurrences, where a count is given.</summary>
    internal static object? Replace(JinjaArguments a)
    {
        object?[] bound = a.Bind(2, "old", "new", "count");
        string text = a.Text(), old = a.TextOf(bound[0]), replacement = a.TextOf(bound[1]);
        if (old.Length == 0) throw a.Wrong("cannot look for an empty string");
        int left = bound[2] is null ? -1 : a.IntegerOf(bound[2], -1);
        System.Text.StringBuilder result = new();
        int at = 0;
        for (int found = Next(); found >= 0 && left != 0; found = Next(), left--)
        {
            a.Run.Spend(found - at + replacement.Length + 1, a.Line);
            result.Append(text, at, found - at).Append(replacement);
            at = found + old.Length;
        }

        return a.Made(result.Append(text, at, text.Length - at).ToString());

        int Next() => text.IndexOf(old, at, StringComparison.Ordinal);
    }

    private static List<object?> Taken(JinjaArguments a, Func<JinjaMap, IEnumerable<object?>> take)
    {
        a.Bind(0);
        JinjaMap map = (JinjaMap)a.Subject!;
        a.Run.Spend(map.Count, a.Line);
        return [.. take(map)];
    }

    private static string NoArguments(JinjaArguments a)
    {
        a.Bind(0);
        return a.Text();
    }

    private static string Argument(JinjaArguments a) => a.TextOf(a.Bind(1, "text")[0]);

    private static string Searched(JinjaArguments a)
    {
        a.Run.Spend(a.Text().Length, a.Line);
        return Argument(a);
    }

    private static string? Characters(JinjaArguments a) => a.Bind(0, "chars")[0] is string characters ? characters : null;

    private static object HasAtEdge(JinjaArguments a, Func<string, string, bool> has)
    {
        object? parts = a.Bind(1, "text")[0];
        return parts is object?[] several ? Array.Exists(several, p => has(a.Text(), a.TextOf(p))) : has(a.Text(), a.TextOf(parts));
    }

    private static object Find(JinjaArguments a, int at) => at < 0 ? -1L : (long)JinjaText.Length(a.Text()[..at]);

    private static object Count(JinjaArguments a)
    {
        string text = a.Text(), part = Searched(a);
        if (part.Length == 0) throw a.Wrong("cannot look for an empty string");
        long count = 0;
        for (int at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + part.Length, StringComparison.Ordinal)) count++;
        return count;
    }

    private static object Split(JinjaArguments a, bool fromEnd)
    {
        object?[] bound = a.Bind(0, "sep", "maxsplit");
        string text = a.Made(a.Text());
        int most = a.IntegerOf(bound[1], -1);
        if (bound[0] is null or JinjaUndefined) return JinjaSplitting.Words(text, most, fromEnd);
        string separator = a.TextOf(bound[0]);
        return separator.Length > 0 ? JinjaSplitting.Parts(text, separator, most, fromEnd) : throw a.Wrong("needs a separator that is not empty");
    }

    private static object Join(JinjaArguments a)
    {
        object? parts = a.Bind(1, "parts")[0];
        List<string> texts = [];
        foreach (object? part in JinjaValue.Elements(a.Run, a.Line, parts))
        {
            texts.Add(a.TextOf(part));
            a.Run.Spend(texts[^1].Length + a.Text().Length, a.Line);
        }

        return string.Join(a.Text(), texts);
    }
}
