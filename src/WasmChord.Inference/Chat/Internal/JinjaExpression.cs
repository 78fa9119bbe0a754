namespace WasmChord.Inference;

/// <summary>Part of a template that has a value.</summary>
internal abstract class JinjaExpression(int line)
{
    internal int Line => line;

    internal object? Value(JinjaScope scope)
    {
        scope.Run.Enter(line);
        object? value = Evaluate(scope);
        scope.Run.Leave();
        return value;
    }

    protected abstract object? Evaluate(JinjaScope scope);
}
