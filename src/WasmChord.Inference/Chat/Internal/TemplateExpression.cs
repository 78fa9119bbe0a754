using static WasmChord.Inference.TemplateValues;

namespace WasmChord.Inference;

/// <summary>An expression of a template.</summary>
internal abstract record TemplateExpression
{
    internal abstract object? Evaluate(TemplateScope scope);

    internal sealed record Constant(object? Value) : TemplateExpression
    {
        internal override object? Evaluate(TemplateScope scope) => Value;
    }

    internal sealed record Variable(string Text) : TemplateExpression
    {
        internal override object? Evaluate(TemplateScope scope) => scope.Get(Text);
    }

    internal sealed record ListOf(IReadOnlyList<TemplateExpression> Items) : TemplateExpression
    {
        internal override object? Evaluate(TemplateScope scope) => Items.Select(i => i.Evaluate(scope)).ToList();
    }

    internal sealed record MapOf(IReadOnlyList<(TemplateExpression Key, TemplateExpression Value)> Items) : TemplateExpression
    {
        internal override object? Evaluate(TemplateScope scope)
        {
            TemplateMap map = [];
            foreach ((TemplateExpression key, TemplateExpression value) in Items) map[Text(key.Evaluate(scope))] = value.Evaluate(scope);
            return map;
        }
    }

    internal sealed record Choice(TemplateExpression Condition, TemplateExpression Then, TemplateExpression? Else) : TemplateExpression
    {
        internal override object? Evaluate(TemplateScope scope) =>
            IsTrue(Condition.Evaluate(scope)) ? Then.Evaluate(scope) : Else is null ? Undefined : Else.Evaluate(scope);
    }

    internal sealed record Not(TemplateExpression Operand) : TemplateExpression
    {
        internal override object? Evaluate(TemplateScope scope) => !IsTrue(Operand.Evaluate(scope));
    }

    internal sealed record Binary(string Operator, TemplateExpression Left, TemplateExpression Right) : TemplateExpression
    {
        internal override object? Evaluate(TemplateScope scope)
        {
            scope.Step();
            object? left = Left.Evaluate(scope);
            if (Operator == "and") return IsTrue(left) ? Right.Evaluate(scope) : left;
            if (Operator == "or") return IsTrue(left) ? left : Right.Evaluate(scope);
            return TemplateOperators.Apply(Operator, left, Right.Evaluate(scope));
        }
    }

    internal sealed record Negative(TemplateExpression Operand) : TemplateExpression
    {
        internal override object? Evaluate(TemplateScope scope) => TemplateOperators.Apply("-", 0L, Operand.Evaluate(scope));
    }

    internal sealed record Attribute(TemplateExpression Target, TemplateExpression Key) : TemplateExpression
    {
        internal override object? Evaluate(TemplateScope scope) => TemplateOperators.Item(Target.Evaluate(scope), Key.Evaluate(scope));
    }

    internal sealed record Slice(TemplateExpression Target, TemplateExpression? From, TemplateExpression? To, TemplateExpression? Step) : TemplateExpression
    {
        internal override object? Evaluate(TemplateScope scope) =>
            TemplateOperators.Slice(Target.Evaluate(scope), From?.Evaluate(scope), To?.Evaluate(scope), Step?.Evaluate(scope));
    }

    internal sealed record Call(TemplateExpression Target, TemplateArguments Arguments) : TemplateExpression
    {
        internal override object? Evaluate(TemplateScope scope)
        {
            scope.Step();
            (List<object?> arguments, TemplateMap named) = Arguments.Evaluate(scope);
            if (Target is Attribute { Key: Constant { Value: string method } } attribute)
            {
                object? target = attribute.Target.Evaluate(scope);
                if (target is not TemplateMap map || !map.ContainsKey(method)) return TemplateMethods.Call(target, method, arguments);
            }

            return Target.Evaluate(scope) is TemplateFunction function
                ? function(arguments, named)
                : throw Unclear($"{(Target is Variable variable ? variable.Text : "what is called")} is not a function");
        }
    }

    internal sealed record Filter(TemplateExpression Target, string Name, TemplateArguments Arguments) : TemplateExpression
    {
        internal override object? Evaluate(TemplateScope scope)
        {
            scope.Step();
            (List<object?> arguments, TemplateMap named) = Arguments.Evaluate(scope);
            return TemplateFilters.Apply(Name, Target.Evaluate(scope), arguments, named);
        }
    }

    internal sealed record Test(TemplateExpression Target, string Name, TemplateArguments Arguments) : TemplateExpression
    {
        internal override object? Evaluate(TemplateScope scope) => TemplateTests.Holds(Name, Target.Evaluate(scope), Arguments.Evaluate(scope).Arguments);
    }
}
