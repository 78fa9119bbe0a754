using System.Text;

namespace WasmChord.Inference;

/// <summary>
/// Names while a template runs, its output, and what bounds it: templates come with files that nobody has read.
/// </summary>
internal sealed class TemplateScope
{
    internal const int MaxDepth = 100, MaxOutput = 4 << 20;
    private const int MaxSteps = 2_000_000;

    private readonly Dictionary<string, object?> _names = new(StringComparer.Ordinal);
    private readonly TemplateScope? _outer;
    private readonly Shared _shared;

    internal TemplateScope()
    {
        _shared = new Shared();
    }

    private TemplateScope(TemplateScope outer, StringBuilder output)
    {
        _outer = outer;
        _shared = outer._shared;
        Output = output;
        Depth = outer.Depth + 1;
        if (Depth > MaxDepth) throw TemplateValues.Unclear($"blocks and macros are nested more than {MaxDepth} deep");
    }

    internal StringBuilder Output { get; } = new();

    internal int Depth { get; }

    internal TemplateScope Inner(StringBuilder? output = null) => new(this, output ?? Output);

    internal void Set(string name, object? value) => _names[name] = value;

    internal object? Get(string name)
    {
        for (TemplateScope? scope = this; scope is not null; scope = scope._outer)
            if (scope._names.TryGetValue(name, out object? value)) return value;
        return TemplateBuiltins.Functions.TryGetValue(name, out TemplateFunction? function) ? function : TemplateValues.Undefined;
    }

    internal void Write(string text)
    {
        if (_shared.Written + (long)text.Length > MaxOutput) throw TemplateValues.Unclear($"the text exceeds {MaxOutput} characters");
        _shared.Written += text.Length;
        Output.Append(text);
    }

    internal void Step()
    {
        if (++_shared.Steps > MaxSteps) throw TemplateValues.Unclear($"it takes more than {MaxSteps} steps");
    }

    /// <summary>Counts a call of a macro, until the level is disposed.</summary>
    internal Level Enter()
    {
        if (++_shared.Calls > MaxDepth) throw TemplateValues.Unclear($"macros call each other more than {MaxDepth} deep");
        return new Level(this);
    }

    internal readonly struct Level(TemplateScope scope) : IDisposable
    {
        public void Dispose() => scope._shared.Calls--;
    }

    private sealed class Shared
    {
        internal int Calls { get; set; }

        internal int Steps { get; set; }

        internal int Written { get; set; }
    }
}
