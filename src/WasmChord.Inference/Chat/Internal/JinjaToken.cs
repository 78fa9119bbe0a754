namespace WasmChord.Inference;

/// <summary>A piece of a template's source.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; of a string literal, the characters that it stands for.</param>
/// <param name="Line">Its line, from 1.</param>
internal readonly record struct JinjaToken(JinjaTokenKind Kind, string Text, int Line)
{
    internal bool Is(JinjaTokenKind kind, string text) => Kind == kind && Text == text;

    public override string ToString() => Kind == JinjaTokenKind.End ? "the end of the template" : $"'{Text}'";
}
