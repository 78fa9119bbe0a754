namespace WasmChord.Inference;

/// <summary>
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>: the words of GPT-2 and its many
/// descendants. Source of the expression: <c>encoder.py</c> of openai/gpt-2.
/// </summary>
internal sealed class Gpt2Words : TextPattern
{
    private const CharacterClass Symbols = ~(CharacterClass.WhiteSpace | CharacterClass.Letter | CharacterClass.Number);

    protected override int Match(CodePoints text, int start, int end)
    {
        if (Contractions.Match(text, start, end, anyCase: false) is var contraction && contraction > start) return contraction;
        int first = text[start] == ' ' ? start + 1 : start;
        CharacterClass leading = text.ClassAt(first, end);
        if (leading is CharacterClass.Letter or CharacterClass.Number) return text.EndOfRun(first, end, leading);
        if ((leading & Symbols) != 0) return text.EndOfRun(first, end, Symbols);
        return SpaceRuns.Match(text, start, end);
    }
}
