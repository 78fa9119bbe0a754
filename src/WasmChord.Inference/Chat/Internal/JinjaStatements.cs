namespace WasmChord.Inference;

internal sealed class JinjaLiteralText(int line, string text) : JinjaStatement(line)
{
    protected override JinjaFlow Execute(JinjaScope scope)
    {
        scope.Run.Write(text, Line);
        return JinjaFlow.Next;
    }
}

internal sealed class JinjaOutput(int line, JinjaExpression expression) : JinjaStatement(line)
{
    protected override JinjaFlow Execute(JinjaScope scope)
    {
        scope.Run.Write(JinjaValue.Text(scope.Run, Line, expression.Value(scope)), Line);
        return JinjaFlow.Next;
    }
}

internal sealed class JinjaIf(
    int line, IReadOnlyList<KeyValuePair<JinjaExpression, IReadOnlyList<JinjaStatement>>> branches, IReadOnlyList<JinjaStatement> otherwise) : JinjaStatement(line)
{
    protected override JinjaFlow Execute(JinjaScope scope)
    {
        foreach ((JinjaExpression condition, IReadOnlyList<JinjaStatement> body) in branches)
            if (JinjaValue.IsTrue(condition.Value(scope))) return ExecuteAll(body, scope);
        return ExecuteAll(otherwise, scope);
    }
}

/// <summary>A loop. Each round has its own scope: what is set in one is gone in the next.</summary>
internal sealed class JinjaFor(
    int line, IReadOnlyList<string> names, JinjaExpression iterated, JinjaExpression? condition, IReadOnlyList<JinjaStatement> body,
    IReadOnlyList<JinjaStatement> otherwise) : JinjaStatement(line)
{
    protected override JinjaFlow Execute(JinjaScope scope)
    {
        IReadOnlyList<object?> elements = JinjaValue.Elements(scope.Run, Line, iterated.Value(scope));
        if (condition is not null) elements = [.. elements.Where(e => JinjaValue.IsTrue(condition.Value(ScopeOf(e, scope))))];
        if (elements.Count == 0) return ExecuteAll(otherwise, scope);
        JinjaLoop loop = new(elements);
        foreach (object? element in elements)
        {
            JinjaScope inner = ScopeOf(element, scope);
            inner.Set("loop", loop);
            if (ExecuteAll(body, inner) == JinjaFlow.Break) break;
            loop.Index++;
        }

        return JinjaFlow.Next;
    }

    private JinjaScope ScopeOf(object? element, JinjaScope scope)
    {
        JinjaScope inner = new(scope.Run, scope);
        JinjaSet.Assign(inner, Line, names, element);
        return inner;
    }
}

internal sealed class JinjaSet(int line, IReadOnlyList<string> names, JinjaExpression value) : JinjaStatement(line)
{
    internal static void Assign(JinjaScope scope, int line, IReadOnlyList<string> names, object? value)
    {
        if (names.Count == 1)
        {
            scope.Set(names[0], value);
            return;
        }

        IReadOnlyList<object?> parts = JinjaValue.Elements(scope.Run, line, value);
        if (parts.Count != names.Count) throw JinjaRun.Unsupported(line, $"{parts.Count} values for {names.Count} names");
        for (int i = 0; i < parts.Count; i++) scope.Set(names[i], parts[i]);
    }

    protected override JinjaFlow Execute(JinjaScope scope)
    {
        Assign(scope, Line, names, value.Value(scope));
        return JinjaFlow.Next;
    }
}

internal sealed class JinjaSetAttribute(int line, string name, string attribute, JinjaExpression value) : JinjaStatement(line)
{
    protected override JinjaFlow Execute(JinjaScope scope)
    {
        if (scope.Get(name) is not JinjaNamespace space) throw JinjaRun.Unsupported(Line, $"'{name}' is no namespace");
        space.Attributes[attribute] = value.Value(scope);
        return JinjaFlow.Next;
    }
}

/// <summary>Sets a name to what statements print.</summary>
internal sealed class JinjaSetBlock(int line, string name, IReadOnlyList<JinjaStatement> body) : JinjaStatement(line)
{
    protected override JinjaFlow Execute(JinjaScope scope)
    {
        scope.Set(name, scope.Run.Capture(body, new JinjaScope(scope.Run, scope)));
        return JinjaFlow.Next;
    }
}

/// <summary>Defines a function that returns what its body prints.</summary>
internal sealed class JinjaMacro(int line, string name, IReadOnlyList<string> parameters, IReadOnlyList<JinjaExpression> defaults, IReadOnlyList<JinjaStatement> body)
    : JinjaStatement(line)
{
    protected override JinjaFlow Execute(JinjaScope scope)
    {
        scope.Set(name, new JinjaFunction(a => Call(a, scope)));
        return JinjaFlow.Next;
    }

    private object Call(JinjaArguments arguments, JinjaScope outer)
    {
        object?[] bound = arguments.Bind(0, [.. parameters]);
        JinjaScope scope = new(outer.Run, outer);
        int withDefaults = parameters.Count - defaults.Count;
        for (int i = 0; i < bound.Length; i++)
        {
            bool given = i < arguments.Positional.Count || arguments.Named.ContainsKey(parameters[i]);
            scope.Set(parameters[i], given || i < withDefaults ? bound[i] : defaults[i - withDefaults].Value(scope));
        }

        return outer.Run.Capture(body, scope);
    }
}

internal sealed class JinjaJump(int line, JinjaFlow to) : JinjaStatement(line)
{
    protected override JinjaFlow Execute(JinjaScope scope) => to;
}
