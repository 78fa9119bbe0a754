using static WasmChord.Inference.TemplateValues;

namespace WasmChord.Inference;

/// <summary>Operators, subscripts and slices of templates.</summary>
internal static class TemplateOperators
{
    private const int MaxElements = 1 << 20;

    internal static object? Apply(string symbol, object? left, object? right) => symbol switch
    {
        "==" => TemplateValues.Equals(left, right),
        "!=" => !TemplateValues.Equals(left, right),
        "<" => Compare(left, right) < 0,
        "<=" => Compare(left, right) <= 0,
        ">" => Compare(left, right) > 0,
        ">=" => Compare(left, right) >= 0,
        "in" => Contains(right, left),
        "not in" => !Contains(right, left),
        "~" => Joined(Text(left), Text(right)),
        "+" when left is string a && right is string b => Joined(a, b),
        "+" when left is List<object?> a && right is List<object?> b => a.Count + b.Count <= MaxElements ? (List<object?>)[.. a, .. b] : throw Unclear($"a list exceeds {MaxElements} elements"),
        _ => Arithmetic(symbol, left, right),
    };

    internal static bool Contains(object? container, object? item) => container switch
    {
        string text => item is string part ? text.Contains(part, StringComparison.Ordinal) : throw Unclear($"{KindOf(item)} cannot be in a string"),
        List<object?> list => list.Exists(v => TemplateValues.Equals(v, item)),
        TemplateMap map => item is string key && map.ContainsKey(key),
        _ when container == Undefined => false,
        _ => throw Unclear($"nothing can be in {KindOf(container)}"),
    };

    internal static object? Item(object? target, object? key)
    {
        switch (target)
        {
            case TemplateMap map:
                return key is string name && map.TryGetValue(name, out object? value) ? value : Undefined;
            case List<object?> list when key is long index:
                if (index < 0) index += list.Count;
                return index >= 0 && index < list.Count ? list[(int)index] : Undefined;
            case string text when key is long at:
                if (at < 0) at += text.Length;
                return at >= 0 && at < text.Length ? text[(int)at].ToString() : Undefined;
            case null:
                return Undefined;
            default:
                if (target == Undefined) throw Unclear($"'{Text(key)}' is asked of an undefined value");
                return Undefined;
        }
    }

    internal static object? Slice(object? target, object? from, object? to, object? step)
    {
        int length = target switch { string s => s.Length, List<object?> l => l.Count, _ => throw Unclear($"{KindOf(target)} cannot be sliced") };
        long stride = step is long n && n != 0 ? n : 1;
        long first = Bound(from, stride > 0 ? 0 : length - 1, length, stride), last = Bound(to, stride > 0 ? length : -1, length, stride);
        List<int> indices = [];
        for (long i = first; stride > 0 ? i < last : i > last; i += stride) indices.Add((int)i);
        return target is string text ? string.Concat(indices.Select(i => text[i])) : indices.Select(i => ((List<object?>)target)[i]).ToList();
    }

    private static string Joined(string a, string b) =>
        a.Length + b.Length <= TemplateScope.MaxOutput ? a + b : throw Unclear($"a text exceeds {TemplateScope.MaxOutput} characters");

    private static long Bound(object? value, long fallback, int length, long stride)
    {
        if (value is not long at) return fallback;
        if (at < 0) at += length;
        return stride > 0 ? Math.Clamp(at, 0, length) : Math.Clamp(at, -1, length - 1);
    }

    private static object? Arithmetic(string symbol, object? left, object? right)
    {
        if (!TryNumber(left, out double a) || !TryNumber(right, out double b))
            throw Unclear($"'{symbol}' does not apply to {KindOf(left)} and {KindOf(right)}");
        bool whole = left is not double && right is not double;
        if (symbol is "/" or "//" or "%" && b == 0) throw Unclear("a division by zero");
        double result = symbol switch
        {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            "/" => a / b,
            "//" => Math.Floor(a / b),
            "%" => a - b * Math.Floor(a / b),
            "**" => Math.Pow(a, b),
            _ => throw Unclear($"the operator '{symbol}' is not understood"),
        };
        if (whole && symbol != "/" && Math.Abs(result) < 1L << 53) return (long)result;
        return result;
    }
}
