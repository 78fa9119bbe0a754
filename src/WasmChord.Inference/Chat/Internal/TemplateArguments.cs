namespace WasmChord.Inference;

/// <summary>The arguments of a call.</summary>
/// <param name="Positional">By position.</param>
/// <param name="Named">By name.</param>
internal sealed record TemplateArguments(IReadOnlyList<TemplateExpression> Positional, IReadOnlyList<(string Name, TemplateExpression Value)> Named)
{
    internal static TemplateArguments None { get; } = new([], []);

    internal (List<object?> Arguments, TemplateMap Named) Evaluate(TemplateScope scope)
    {
        TemplateMap named = [];
        foreach ((string name, TemplateExpression value) in Named) named[name] = value.Evaluate(scope);
        return ([.. Positional.Select(p => p.Evaluate(scope))], named);
    }
}
