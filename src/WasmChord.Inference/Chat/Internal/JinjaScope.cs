namespace WasmChord.Inference;

/// <summary>Names and their values; names that are not here are looked for outside.</summary>
internal sealed class JinjaScope(JinjaRun run, JinjaScope? outer)
{
    private readonly Dictionary<string, object?> _values = [];

    internal JinjaRun Run => run;

    internal object? Get(string name)
    {
        for (JinjaScope? scope = this; scope is not null; scope = scope.Outer)
            if (scope._values.TryGetValue(name, out object? value)) return value;
        return new JinjaUndefined(name);
    }

    internal void Set(string name, object? value) => _values[name] = value;

    private JinjaScope? Outer => outer;
}
