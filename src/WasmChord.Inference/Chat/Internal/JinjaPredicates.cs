using System.Collections.Frozen;

namespace WasmChord.Inference;

/// <summary>The tests: what may stand after <c>is</c>, as in Jinja2.</summary>
internal static class JinjaPredicates
{
    private static readonly FrozenDictionary<string, JinjaFunction> s_tests = new Dictionary<string, JinjaFunction>
    {
        ["defined"] = a => Of(a, v => v is not JinjaUndefined),
        ["undefined"] = a => Of(a, v => v is JinjaUndefined),
        ["none"] = a => Of(a, v => v is null),
        ["true"] = a => Of(a, v => v is true),
        ["false"] = a => Of(a, v => v is false),
        ["boolean"] = a => Of(a, v => v is bool),
        ["string"] = a => Of(a, v => v is string),
        ["number"] = a => Of(a, v => JinjaValue.Number(v) is not null),
        ["integer"] = a => Of(a, v => v is long),
        ["float"] = a => Of(a, v => v is double),
        ["mapping"] = a => Of(a, v => v is JinjaMap),
        ["sequence"] = a => Of(a, v => v is string or IReadOnlyList<object?> or JinjaMap or JinjaUndefined),
        ["iterable"] = a => Of(a, v => v is string or IReadOnlyList<object?> or JinjaMap or JinjaUndefined),
        ["callable"] = a => Of(a, v => v is JinjaFunction),
        ["odd"] = a => Of(a, v => Remainder(a, v, 2) == 1),
        ["even"] = a => Of(a, v => Remainder(a, v, 2) == 0),
        ["divisibleby"] = a => Remainder(a, a.Subject, a.IntegerOf(a.Bind(1, "num")[0], 1)) == 0,
        ["in"] = a => JinjaValue.Contains(a.Run, a.Line, a.Bind(1, "seq")[0], a.Subject),
        ["equalto"] = IsEqual,
        ["eq"] = IsEqual,
        ["=="] = IsEqual,
        ["ne"] = a => !(bool)IsEqual(a)!,
        ["!="] = a => !(bool)IsEqual(a)!,
        ["gt"] = a => Order(a) > 0,
        ["greaterthan"] = a => Order(a) > 0,
        ["ge"] = a => Order(a) >= 0,
        ["lt"] = a => Order(a) < 0,
        ["lessthan"] = a => Order(a) < 0,
        ["le"] = a => Order(a) <= 0,
    }.ToFrozenDictionary();

    internal static JinjaFunction? Find(string name) => s_tests.GetValueOrDefault(name);

    private static object Of(JinjaArguments a, Func<object?, bool> holds)
    {
        a.Bind(0);
        return holds(a.Subject);
    }

    private static object? IsEqual(JinjaArguments a) => JinjaValue.AreEqual(a.Run, a.Line, a.Subject, a.Bind(1, "other")[0]);

    private static int Order(JinjaArguments a) => JinjaValue.Order(a.Line, a.Subject, a.Bind(1, "other")[0]);

    private static long Remainder(JinjaArguments a, object? value, int divisor) =>
        value is long n && divisor != 0 ? Math.Abs(n % divisor) : throw a.Wrong($"cannot divide {JinjaValue.KindOf(value)} by {divisor}");
}
