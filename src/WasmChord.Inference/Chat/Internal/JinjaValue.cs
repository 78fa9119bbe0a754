using System.Globalization;
using System.Text;

namespace WasmChord.Inference;

/// <summary>
/// What templates compute with: null (none), bool, long, double, string, List (list), array (tuple),
/// <see cref="JinjaMap"/>, <see cref="JinjaNamespace"/>, <see cref="JinjaUndefined"/>, <see cref="JinjaLoop"/>, <see cref="JinjaFunction"/>.
/// Operators mean what they do in Python; what is not covered is an error.
/// </summary>
internal static class JinjaValue
{
    internal static bool IsTrue(object? value) => value switch
    {
        null or JinjaUndefined => false,
        bool b => b,
        long n => n != 0,
        double d => d != 0,
        string s => s.Length > 0,
        IReadOnlyList<object?> list => list.Count > 0,
        JinjaMap map => map.Count > 0,
        _ => true,
    };

    internal static string KindOf(object? value) => value switch
    {
        null => "none",
        JinjaUndefined u => $"'{u.Name}', which is undefined,",
        bool => "a boolean",
        long => "an integer",
        double => "a float",
        string => "a string",
        object?[] => "a tuple",
        List<object?> => "a list",
        JinjaMap => "a mapping",
        JinjaNamespace => "a namespace",
        _ => "a function",
    };

    /// <summary>What printing a value gives.</summary>
    internal static string Text(JinjaRun run, int line, object? value)
    {
        if (value is string text) return text;
        StringBuilder builder = new();
        Append(run, line, builder, value is JinjaUndefined ? string.Empty : value, quoted: false);
        return builder.ToString();
    }

    internal static bool AreEqual(JinjaRun run, int line, object? a, object? b)
    {
        run.Enter(line);
        bool equal = (a, b) switch
        {
            (null, null) or (JinjaUndefined, JinjaUndefined) => true,
            (string x, string y) => x == y,
            (List<object?> x, List<object?> y) => HaveEqualElements(run, line, x, y),
            (object?[] x, object?[] y) => HaveEqualElements(run, line, x, y),
            (JinjaMap x, JinjaMap y) => x.Count == y.Count && x.Entries.All(e => y.TryGet(e.Key, out object? other) && AreEqual(run, line, e.Value, other)),
            _ => Number(a) is { } x && Number(b) is { } y ? Compare(x, y) == 0 : ReferenceEquals(a, b),
        };
        run.Leave();
        return equal;
    }

    /// <summary>Below, at or above zero as a is below, at or above b.</summary>
    internal static int Order(int line, object? a, object? b)
    {
        if (Number(a) is { } x && Number(b) is { } y) return Compare(x, y);
        return a is string s && b is string t ? string.CompareOrdinal(s, t) : throw JinjaRun.Unsupported(line, $"{KindOf(a)} has no order beside {KindOf(b)}");
    }

    internal static bool Contains(JinjaRun run, int line, object? container, object? item)
    {
        if (container is not string text) return container is JinjaMap map ? item is string key && map.TryGet(key, out _) : Elements(run, line, container).Any(e => AreEqual(run, line, e, item));
        run.Spend(text.Length, line);
        return item is string part ? text.Contains(part, StringComparison.Ordinal) : throw JinjaRun.Unsupported(line, $"{KindOf(item)} cannot be in a string");
    }

    internal static IReadOnlyList<object?> Elements(JinjaRun run, int line, object? value)
    {
        IReadOnlyList<object?> elements = value switch
        {
            IReadOnlyList<object?> list => list,
            string text => JinjaText.Characters(text),
            JinjaMap map => [.. map.Entries.Keys],
            JinjaUndefined => [],
            _ => throw JinjaRun.Unsupported(line, $"{KindOf(value)} has no elements"),
        };
        run.Spend(elements.Count, line);
        return elements;
    }

    internal static long Length(int line, object? value) => value switch
    {
        string text => JinjaText.Length(text),
        IReadOnlyList<object?> list => list.Count,
        JinjaMap map => map.Count,
        JinjaUndefined => 0,
        _ => throw JinjaRun.Unsupported(line, $"{KindOf(value)} has no length"),
    };

    /// <summary>An element by index or key.</summary>
    internal static object? Element(JinjaRun run, int line, object? target, object? key)
    {
        if (target is JinjaUndefined) throw JinjaRun.Unsupported(line, $"{KindOf(target)} has no elements");
        if (target is JinjaMap map) return key is string name && map.TryGet(name, out object? value) ? value : new JinjaUndefined(Convert.ToString(key, CultureInfo.InvariantCulture) ?? "none");
        if (key is string attribute) return JinjaMethods.Attribute(target, attribute, line);
        if (key is not long index || target is not (string or IReadOnlyList<object?>)) throw JinjaRun.Unsupported(line, $"{KindOf(target)} cannot be indexed with {KindOf(key)}");
        IReadOnlyList<object?> elements = target as IReadOnlyList<object?> ?? Elements(run, line, target);
        if (index < 0) index += elements.Count;
        return index >= 0 && index < elements.Count ? elements[(int)index] : new JinjaUndefined($"element {index}");
    }

    /// <summary>Part of a string or a list, as Python's slices take it.</summary>
    internal static object? Slice(JinjaRun run, int line, object? target, object? start, object? stop, object? step)
    {
        if (target is not (string or IReadOnlyList<object?>)) throw JinjaRun.Unsupported(line, $"{KindOf(target)} cannot be sliced");
        IReadOnlyList<object?> all = Elements(run, line, target);
        long by = Bound(line, step) ?? 1;
        if (by == 0) throw JinjaRun.Unsupported(line, "a slice with a step of 0");
        long first = Clamp(Bound(line, start), by > 0 ? 0 : all.Count - 1), end = Clamp(Bound(line, stop), by > 0 ? all.Count : -1);
        List<object?> part = [];
        for (long i = first; by > 0 ? i < end : i > end; i += by) part.Add(all[(int)i]);
        return target switch { string => string.Concat(part), object?[] => part.ToArray(), _ => part };

        long Clamp(long? bound, long otherwise)
        {
            if (bound is not { } at) return otherwise;
            if (at < 0) at += all.Count;
            return by > 0 ? Math.Clamp(at, 0, all.Count) : Math.Clamp(at, -1, all.Count - 1);
        }
    }

    /// <summary>A value as a number, where it is one; booleans are 0 and 1.</summary>
    internal static object? Number(object? value) => value switch { bool b => b ? 1L : 0L, long or double => value, _ => null };

    /// <summary>A value as Python's source would have it.</summary>
    private static void Append(JinjaRun run, int line, StringBuilder builder, object? value, bool quoted)
    {
        run.Enter(line);
        int before = builder.Length;
        if (value is null) builder.Append("None");
        else if (value is bool b) builder.Append(b ? "True" : "False");
        else if (value is long n) builder.Append(CultureInfo.InvariantCulture, $"{n}");
        else if (value is double d) builder.Append(JinjaText.OfFloat(d));
        else if (value is string s && !quoted) builder.Append(s);
        else if (value is string literal) builder.Append(JinjaLiteral.Of(literal));
        else if (value is IReadOnlyList<object?> list) AppendList(run, line, builder, list);
        else if (value is JinjaMap map) AppendMap(run, line, builder, map);
        else throw JinjaRun.Unsupported(line, $"{KindOf(value)} cannot be printed");
        run.Spend(builder.Length - before, line);
        run.Leave();
    }

    private static void AppendList(JinjaRun run, int line, StringBuilder builder, IReadOnlyList<object?> list)
    {
        bool tuple = list is object?[];
        builder.Append(tuple ? '(' : '[');
        for (int i = 0; i < list.Count; i++)
        {
            if (i > 0) builder.Append(", ");
            Append(run, line, builder, list[i], quoted: true);
        }

        builder.Append(tuple ? list.Count == 1 ? ",)" : ")" : "]");
    }

    private static void AppendMap(JinjaRun run, int line, StringBuilder builder, JinjaMap map)
    {
        builder.Append('{');
        string separator = string.Empty;
        foreach ((string key, object? value) in map.Entries)
        {
            builder.Append(separator).Append(JinjaLiteral.Of(key)).Append(": ");
            Append(run, line, builder, value, quoted: true);
            separator = ", ";
        }

        builder.Append('}');
    }

    private static bool HaveEqualElements(JinjaRun run, int line, IReadOnlyList<object?> a, IReadOnlyList<object?> b)
    {
        if (a.Count != b.Count) return false;
        for (int i = 0; i < a.Count; i++)
            if (!AreEqual(run, line, a[i], b[i])) return false;
        return true;
    }

    private static int Compare(object a, object b) =>
        a is long x && b is long y ? x.CompareTo(y) : Convert.ToDouble(a, CultureInfo.InvariantCulture).CompareTo(Convert.ToDouble(b, CultureInfo.InvariantCulture));

    private static long? Bound(int line, object? value) => value switch
    {
        null => null,
        long n => Math.Clamp(n, -int.MaxValue, int.MaxValue),
        _ => throw JinjaRun.Unsupported(line, $"a slice bound is {KindOf(value)}"),
    };
}
