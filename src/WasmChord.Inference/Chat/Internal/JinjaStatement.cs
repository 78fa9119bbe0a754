namespace WasmChord.Inference;

/// <summary>Part of a template that does something.</summary>
internal abstract class JinjaStatement(int line)
{
    internal int Line => line;

    /// <summary>Executes statements until one leaves the loop around them.</summary>
    internal static JinjaFlow ExecuteAll(IReadOnlyList<JinjaStatement> statements, JinjaScope scope)
    {
        foreach (JinjaStatement statement in statements)
        {
            scope.Run.Enter(statement.Line);
            JinjaFlow flow = statement.Execute(scope);
            scope.Run.Leave();
            if (flow != JinjaFlow.Next) return flow;
        }

        return JinjaFlow.Next;
    }

    protected abstract JinjaFlow Execute(JinjaScope scope);
}
