namespace WasmChord.Inference;

/// <summary>
/// <c>[!-/:-@\[-`{-~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>: the
/// words of DeepSeek V3, which take one sign before ASCII letters along. What matches nothing, such as digits, stays together.
/// </summary>
internal sealed class PunctuatedWords : TextPattern
{
    private const CharacterClass Letters = CharacterClass.Letter | CharacterClass.Mark;
    private const CharacterClass Signs = CharacterClass.Punctuation | CharacterClass.Symbol;

    /// <summary>Whether each line end is a piece of its own rather than part of what is before it.</summary>
    internal bool DividesLineEnds { get; init; }

    protected override int Match(CodePoints text, int start, int end)
    {
        if (text[start] is > ' ' and < 0x7F && !IsAsciiLetter(text[start]) && !char.IsAsciiDigit((char)text[start])
            && EndOfAsciiLetters(text, start + 1, end) is var word && word > start + 1) return word;
        CharacterClass leading = text.ClassAt(start, end);
        if ((leading & Letters) != 0) return text.EndOfRun(start, end, Letters);
        if ((leading & Signs) == 0 && !SpaceRuns.IsLineEnd(text[start]) && (word = text.EndOfRun(start + 1, end, Letters)) > start + 1) return word;
        SymbolRuns signs = new(Signs, DividesLineEnds ? 0 : int.MaxValue, TakesSlash: false);
        if ((word = signs.Match(text, start, end)) > start) return word;
        if (!DividesLineEnds) return SpaceRuns.MatchLines(text, start, end);
        return SpaceRuns.IsLineEnd(text[start]) ? start + 1 : SpaceRuns.Match(text, start, end);
    }

    private static int EndOfAsciiLetters(CodePoints text, int at, int end)
    {
        while (IsAsciiLetter(text.At(at, end))) at++;
        return at;
    }

    private static bool IsAsciiLetter(int codePoint) => (codePoint | 0x20) is >= 'a' and <= 'z';
}
