namespace WasmChord.Inference;

/// <summary>The arguments of a call, before they are evaluated.</summary>
/// <param name="Positional">By position.</param>
/// <param name="Named">By name.</param>
internal sealed record JinjaArgumentList(IReadOnlyList<JinjaExpression> Positional, IReadOnlyList<KeyValuePair<string, JinjaExpression>> Named)
{
    internal static JinjaArgumentList None { get; } = new([], []);

    internal JinjaArguments Evaluate(JinjaScope scope, int line, string callee, object? subject)
    {
        object?[] positional = Positional.Count == 0 ? [] : [.. Positional.Select(e => e.Value(scope))];
        if (Named.Count == 0) return new JinjaArguments(scope.Run, callee, line, subject, positional, JinjaArguments.NoNames);
        Dictionary<string, object?> named = [];
        foreach ((string name, JinjaExpression value) in Named)
            if (!named.TryAdd(name, value.Value(scope))) throw JinjaRun.Unsupported(line, $"'{name}' is given twice");
        return new JinjaArguments(scope.Run, callee, line, subject, positional, named);
    }
}
