using System.Text;
using static WasmChord.Inference.TemplateValues;

namespace WasmChord.Inference;

/// <summary>A piece of a template that writes, or changes names.</summary>
internal abstract record TemplateStatement
{
    internal abstract Flow Run(TemplateScope scope);

    internal static Flow RunAll(IReadOnlyList<TemplateStatement> statements, TemplateScope scope)
    {
        foreach (TemplateStatement statement in statements)
        {
            scope.Step();
            Flow flow = statement.Run(scope);
            if (flow != Flow.On) return flow;
        }

        return Flow.On;
    }

    internal enum Flow
    {
        On,
        Continue,
        Break,
    }

    internal sealed record Write(string Text) : TemplateStatement
    {
        internal override Flow Run(TemplateScope scope)
        {
            scope.Write(Text);
            return Flow.On;
        }
    }

    internal sealed record Output(TemplateExpression Value) : TemplateStatement
    {
        internal override Flow Run(TemplateScope scope)
        {
            scope.Write(Text(Value.Evaluate(scope)));
            return Flow.On;
        }
    }

    internal sealed record Jump(Flow Where) : TemplateStatement
    {
        internal override Flow Run(TemplateScope scope) => Where;
    }

    internal sealed record If(IReadOnlyList<(TemplateExpression Condition, IReadOnlyList<TemplateStatement> Body)> Branches, IReadOnlyList<TemplateStatement> Else) : TemplateStatement
    {
        internal override Flow Run(TemplateScope scope)
        {
            foreach ((TemplateExpression condition, IReadOnlyList<TemplateStatement> body) in Branches)
                if (IsTrue(condition.Evaluate(scope))) return RunAll(body, scope);
            return RunAll(Else, scope);
        }
    }

    /// <summary>Sets names (several unpack a list), or a key of a namespace.</summary>
    internal sealed record Set(IReadOnlyList<string> Names, string? Key, TemplateExpression Value) : TemplateStatement
    {
        internal override Flow Run(TemplateScope scope)
        {
            object? value = Value.Evaluate(scope);
            if (Key is null) Assign(Names, value, scope);
            else if (scope.Get(Names[0]) is TemplateMap { IsMutable: true } map) map[Key] = value;
            else throw Unclear($"'{Names[0]}' is not a namespace, its '{Key}' cannot be set");
            return Flow.On;
        }
    }

    internal sealed record SetBlock(string Name, IReadOnlyList<TemplateStatement> Body) : TemplateStatement
    {
        internal override Flow Run(TemplateScope scope)
        {
            StringBuilder text = new();
            RunAll(Body, scope.Inner(text));
            scope.Set(Name, text.ToString());
            return Flow.On;
        }
    }

    internal sealed record For(IReadOnlyList<string> Names, TemplateExpression Elements, TemplateExpression? Condition, IReadOnlyList<TemplateStatement> Body, IReadOnlyList<TemplateStatement> Else) : TemplateStatement
    {
        internal override Flow Run(TemplateScope scope)
        {
            List<object?> elements = TemplateFilters.Elements(Elements.Evaluate(scope));
            if (Condition is not null) elements = elements.FindAll(e => Passes(e, scope));
            if (elements.Count == 0) return RunAll(Else, scope);
            for (int i = 0; i < elements.Count; i++)
            {
                scope.Step();
                TemplateScope inner = scope.Inner();
                inner.Set("loop", Loop(elements, i));
                Assign(Names, elements[i], inner);
                if (RunAll(Body, inner) == Flow.Break) break;
            }

            return Flow.On;
        }

        private bool Passes(object? element, TemplateScope scope)
        {
            TemplateScope inner = scope.Inner();
            Assign(Names, element, inner);
            return IsTrue(Condition!.Evaluate(inner));
        }

        private static TemplateMap Loop(List<object?> elements, int index)
        {
            long count = elements.Count;
            return new TemplateMap
            {
                ["index"] = index + 1L,
                ["index0"] = (long)index,
                ["revindex"] = count - index,
                ["revindex0"] = count - index - 1,
                ["first"] = index == 0,
                ["last"] = index == count - 1,
                ["length"] = count,
                ["previtem"] = index > 0 ? elements[index - 1] : Undefined,
                ["nextitem"] = index + 1 < count ? elements[index + 1] : Undefined,
                ["cycle"] = (TemplateFunction)((arguments, _) => arguments.Count == 0 ? Undefined : arguments[index % arguments.Count]),
            };
        }
    }

    internal sealed record Macro(string Name, IReadOnlyList<(string Name, TemplateExpression? Default)> Parameters, IReadOnlyList<TemplateStatement> Body) : TemplateStatement
    {
        internal override Flow Run(TemplateScope scope)
        {
            scope.Set(Name, (TemplateFunction)((arguments, named) => Invoke(scope, arguments, named)));
            return Flow.On;
        }

        private string Invoke(TemplateScope scope, List<object?> arguments, TemplateMap named)
        {
            if (arguments.Count > Parameters.Count) throw Unclear($"the macro '{Name}' takes {Parameters.Count} arguments, not {arguments.Count}");
            StringBuilder text = new();
            // A macro sees where it was defined; the depth is counted where it is called, so that recursion ends.
            TemplateScope inner = scope.Inner(text);
            using TemplateScope.Level level = scope.Enter();
            for (int i = 0; i < Parameters.Count; i++)
            {
                (string name, TemplateExpression? fallback) = Parameters[i];
                inner.Set(name, i < arguments.Count ? arguments[i] : named.TryGetValue(name, out object? value) ? value : fallback is null ? Undefined : fallback.Evaluate(inner));
            }

            RunAll(Body, inner);
            return text.ToString();
        }
    }

    private static void Assign(IReadOnlyList<string> names, object? value, TemplateScope scope)
    {
        if (names.Count == 1)
        {
            scope.Set(names[0], value);
            return;
        }

        List<object?> parts = TemplateFilters.Elements(value);
        if (parts.Count != names.Count) throw Unclear($"{parts.Count} values for {names.Count} names");
        for (int i = 0; i < names.Count; i++) scope.Set(names[i], parts[i]);
    }
}
