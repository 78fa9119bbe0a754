using System.Text;

namespace WasmChord.Inference;

/// <summary>
/// One rendering of a template. Templates come with models from anywhere: what one may spend is bounded in steps
/// (expressions and statements evaluated, characters and elements made, each one step), in output and in depth.
/// </summary>
internal sealed class JinjaRun(TimeProvider clock, long stepLimit, int outputLimit)
{
    private const int DeepestNesting = 200;

    private StringBuilder _output = new();
    private long _steps;
    private int _depth;

    internal TimeProvider Clock => clock;

    internal string Output => _output.ToString();

    /// <summary>The template cannot be understood, or does what is not supported.</summary>
    internal static InferenceException Unsupported(int line, string what) =>
        new(InferenceError.UnsupportedTemplate, $"chat template, line {line}: {what}");

    /// <summary>Begins to evaluate something inside something else.</summary>
    internal void Enter(int line)
    {
        Spend(1, line);
        if (++_depth > DeepestNesting) throw Unsupported(line, $"nested more than {DeepestNesting} levels deep");
    }

    internal void Leave() => _depth--;

    /// <summary>Counts what is about to be made, before it takes memory.</summary>
    internal void Spend(long steps, int line)
    {
        _steps += Math.Min(steps, stepLimit + 1);
        if (_steps > stepLimit) throw Unsupported(line, $"more than {stepLimit} steps");
    }

    internal void Write(string text, int line)
    {
        Spend(text.Length, line);
        if (_output.Length + text.Length > outputLimit) throw Unsupported(line, $"more than {outputLimit} characters of output");
        _output.Append(text);
    }

    /// <summary>What statements print, as a value.</summary>
    internal string Capture(IReadOnlyList<JinjaStatement> body, JinjaScope scope)
    {
        StringBuilder outer = _output;
        _output = new StringBuilder();
        JinjaStatement.ExecuteAll(body, scope);
        string text = _output.ToString();
        _output = outer;
        return text;
    }
}
