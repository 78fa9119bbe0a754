namespace WasmChord.Inference;

/// <summary>
/// A template of the part of Jinja2 that model templates use: text, expressions, if, for, set, macro; filters, tests,
/// methods of strings and mappings. It computes what Jinja2 computes or is refused; nothing is skipped or guessed.
/// </summary>
internal sealed class JinjaTemplate
{
    private const int BaseSteps = 2_000_000, StepsACharacter = 200, BaseOutput = 1 << 20, OutputACharacter = 16;

    private readonly IReadOnlyList<JinjaStatement> _statements;

    /// <summary>Parses a template.</summary>
    /// <exception cref="InferenceException">It is not well-formed, or uses what is not supported.</exception>
    internal JinjaTemplate(string source) => _statements = JinjaParser.Parse(source);

    /// <summary>Renders the template with variables.</summary>
    /// <param name="variables">Values by name; see <see cref="JinjaValue"/>.</param>
    /// <param name="inputLength">Characters of the input, to which time and output are held in proportion.</param>
    /// <param name="clock">What time it is.</param>
    internal string Render(IReadOnlyDictionary<string, object?> variables, long inputLength, TimeProvider clock)
    {
        long output = Math.Min(BaseOutput + inputLength * OutputACharacter, int.MaxValue / 4);
        JinjaRun run = new(clock, BaseSteps + inputLength * StepsACharacter, (int)output);
        JinjaScope globals = new(run, null);
        JinjaGlobals.AddTo(globals);
        foreach ((string name, object? value) in variables) globals.Set(name, value);
        JinjaStatement.ExecuteAll(_statements, new JinjaScope(run, globals));
        return run.Output;
    }
}
