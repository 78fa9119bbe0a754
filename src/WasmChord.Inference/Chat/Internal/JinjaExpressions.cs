namespace WasmChord.Inference;

internal sealed class JinjaConstant(int line, object? value) : JinjaExpression(line)
{
    protected override object? Evaluate(JinjaScope scope) => value;
}

internal sealed class JinjaName(int line, string name) : JinjaExpression(line)
{
    internal string Name => name;

    protected override object? Evaluate(JinjaScope scope) => scope.Get(name);
}

internal sealed class JinjaListLiteral(int line, IReadOnlyList<JinjaExpression> elements, bool isTuple) : JinjaExpression(line)
{
    protected override object? Evaluate(JinjaScope scope)
    {
        List<object?> values = [.. elements.Select(e => e.Value(scope))];
        return isTuple ? values.ToArray() : values;
    }
}

internal sealed class JinjaMapLiteral(int line, IReadOnlyList<KeyValuePair<JinjaExpression, JinjaExpression>> entries) : JinjaExpression(line)
{
    protected override object? Evaluate(JinjaScope scope)
    {
        JinjaMap map = new();
        foreach ((JinjaExpression key, JinjaExpression value) in entries)
            map[key.Value(scope) as string ?? throw JinjaRun.Unsupported(Line, "a key that is no string")] = value.Value(scope);
        return map;
    }
}

internal sealed class JinjaAttribute(int line, JinjaExpression target, string name) : JinjaExpression(line)
{
    protected override object? Evaluate(JinjaScope scope) => JinjaMethods.Attribute(target.Value(scope), name, Line);
}

internal sealed class JinjaElement(int line, JinjaExpression target, JinjaExpression key) : JinjaExpression(line)
{
    protected override object? Evaluate(JinjaScope scope) => JinjaValue.Element(scope.Run, Line, target.Value(scope), key.Value(scope));
}

internal sealed class JinjaSlice(int line, JinjaExpression target, JinjaExpression? start, JinjaExpression? stop, JinjaExpression? step) : JinjaExpression(line)
{
    protected override object? Evaluate(JinjaScope scope) =>
        JinjaValue.Slice(scope.Run, Line, target.Value(scope), start?.Value(scope), stop?.Value(scope), step?.Value(scope));
}

internal sealed class JinjaCall(int line, JinjaExpression target, JinjaArgumentList arguments) : JinjaExpression(line)
{
    protected override object? Evaluate(JinjaScope scope)
    {
        object? callee = target.Value(scope);
        string name = target is JinjaName n ? n.Name : "the function";
        return callee is JinjaFunction function
            ? function(arguments.Evaluate(scope, Line, name, null))
            : throw JinjaRun.Unsupported(Line, $"{JinjaValue.KindOf(callee)} cannot be called");
    }
}

internal sealed class JinjaFilter(int line, JinjaExpression target, string name, JinjaFunction filter, JinjaArgumentList arguments) : JinjaExpression(line)
{
    protected override object? Evaluate(JinjaScope scope)
    {
        object? subject = target.Value(scope);
        return filter(arguments.Evaluate(scope, Line, name, subject));
    }
}

internal sealed class JinjaTest(int line, JinjaExpression target, string name, JinjaFunction test, JinjaArgumentList arguments, bool negated) : JinjaExpression(line)
{
    protected override object? Evaluate(JinjaScope scope)
    {
        object? subject = target.Value(scope);
        return JinjaValue.IsTrue(test(arguments.Evaluate(scope, Line, name, subject))) != negated;
    }
}

internal sealed class JinjaUnary(int line, string operation, JinjaExpression operand) : JinjaExpression(line)
{
    protected override object? Evaluate(JinjaScope scope)
    {
        object? value = operand.Value(scope);
        return operation == "not" ? !JinjaValue.IsTrue(value) : JinjaArithmetic.Negate(Line, value, operation == "-");
    }
}

internal sealed class JinjaBinary(int line, string operation, JinjaExpression left, JinjaExpression right) : JinjaExpression(line)
{
    protected override object? Evaluate(JinjaScope scope) => JinjaArithmetic.Apply(scope.Run, Line, operation, left.Value(scope), right.Value(scope));
}

/// <summary>And, or: the operand that decides, not a boolean.</summary>
internal sealed class JinjaLogic(int line, bool isAnd, JinjaExpression left, JinjaExpression right) : JinjaExpression(line)
{
    protected override object? Evaluate(JinjaScope scope)
    {
        object? value = left.Value(scope);
        return JinjaValue.IsTrue(value) == isAnd ? right.Value(scope) : value;
    }
}

/// <summary>One or more comparisons in a row, each with what the one before ended with.</summary>
internal sealed class JinjaComparison(int line, JinjaExpression first, IReadOnlyList<KeyValuePair<string, JinjaExpression>> others) : JinjaExpression(line)
{
    protected override object? Evaluate(JinjaScope scope)
    {
        object? left = first.Value(scope);
        foreach ((string operation, JinjaExpression operand) in others)
        {
            object? right = operand.Value(scope);
            if (!Holds(scope.Run, operation, left, right)) return false;
            left = right;
        }

        return true;
    }

    private bool Holds(JinjaRun run, string operation, object? left, object? right) => operation switch
    {
        "==" => JinjaValue.AreEqual(run, Line, left, right),
        "!=" => !JinjaValue.AreEqual(run, Line, left, right),
        "in" => JinjaValue.Contains(run, Line, right, left),
        "not in" => !JinjaValue.Contains(run, Line, right, left),
        "<" => JinjaValue.Order(Line, left, right) < 0,
        "<=" => JinjaValue.Order(Line, left, right) <= 0,
        ">" => JinjaValue.Order(Line, left, right) > 0,
        _ => JinjaValue.Order(Line, left, right) >= 0,
    };
}

internal sealed class JinjaConditional(int line, JinjaExpression condition, JinjaExpression then, JinjaExpression? otherwise) : JinjaExpression(line)
{
    protected override object? Evaluate(JinjaScope scope) =>
        JinjaValue.IsTrue(condition.Value(scope)) ? then.Value(scope) : otherwise is null ? new JinjaUndefined("the other case") : otherwise.Value(scope);
}
