using static WasmChord.Inference.TemplateValues;

namespace WasmChord.Inference;

/// <summary>What follows <c>is</c>.</summary>
internal static class TemplateTests
{
    internal static bool Holds(string name, object? value, List<object?> arguments)
    {
        return name switch
        {
            "defined" => value != Undefined,
            "undefined" => value == Undefined,
            "none" => value is null,
            "string" => value is string,
            "number" => value is long or double,
            "integer" => value is long,
            "float" => value is double,
            "boolean" => value is bool,
            "true" => value is true,
            "false" => value is false,
            "mapping" => value is TemplateMap,
            "sequence" or "iterable" => value is string or List<object?> or TemplateMap,
            "callable" => value is TemplateFunction,
            "odd" => value is long n && n % 2 != 0,
            "even" => value is long n && n % 2 == 0,
            "divisibleby" => value is long n && Argument() is long d && d != 0 && n % d == 0,
            "lower" => value is string s && s.Equals(s.ToLowerInvariant(), StringComparison.Ordinal),
            "upper" => value is string s && s.Equals(s.ToUpperInvariant(), StringComparison.Ordinal),
            "eq" or "equalto" or "==" => TemplateValues.Equals(value, Argument()),
            "ne" or "!=" => !TemplateValues.Equals(value, Argument()),
            "in" => TemplateOperators.Contains(Argument(), value),
            _ => throw Unclear($"the test '{name}' is not understood"),
        };

        object? Argument() => arguments.Count > 0 ? arguments[0] : throw Unclear($"the test '{name}' needs an argument");
    }
}
