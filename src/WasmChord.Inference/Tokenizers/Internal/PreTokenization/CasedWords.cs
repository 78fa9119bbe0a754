namespace WasmChord.Inference;

/// <summary>
/// <c>[^\r\n\p{L}\p{N}]?U*L+|[^\r\n\p{L}\p{N}]?U+L*|\p{N}{1,n}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>,
/// where U is a letter that is not of a to z and L one that is not of A to Z: the words of o200k and Tekken, which begin
/// anew at a capital. English endings may belong to the word before them.
/// </summary>
internal sealed class CasedWords : TextPattern
{
    /// <summary>How many digits go together.</summary>
    internal int MaxDigits { get; init; } = 3;

    /// <summary>Whether English endings belong to the words before them.</summary>
    internal bool TakesContractions { get; init; }

    /// <summary>Whether marks are letters.</summary>
    internal bool TakesMarks { get; init; }

    /// <summary>Whether capitals are letters as all others.</summary>
    internal bool IgnoresCase { get; init; }

    private CharacterClass Letters => TakesMarks ? CharacterClass.Letter | CharacterClass.Mark : CharacterClass.Letter;

    protected override int Match(CodePoints text, int start, int end)
    {
        if (EndOfWord(text, start, end) is var word && word > start)
            return TakesContractions ? Contractions.Match(text, word, end, anyCase: true) : word;
        if (text.ClassAt(start, end) == CharacterClass.Number) return text.EndOfRun(start, end, CharacterClass.Number, MaxDigits);
        SymbolRuns symbols = new(~(CharacterClass.WhiteSpace | CharacterClass.Letter | CharacterClass.Number), int.MaxValue, TakesSlash: true);
        return symbols.Match(text, start, end) is var run && run > start ? run : SpaceRuns.MatchLines(text, start, end);
    }

    private int EndOfWord(CodePoints text, int start, int end)
    {
        bool leads = !SpaceRuns.IsLineEnd(text[start]) && (text.ClassAt(start, end) & (CharacterClass.Letter | CharacterClass.Number)) == 0;
        int after = start + 1;
        if (leads && EndOfLower(text, after, end) is var word && word > after) return word;
        if ((word = EndOfLower(text, start, end)) > start) return word;
        if (leads && (word = EndOfUpper(text, after, end)) > after) return word;
        return EndOfUpper(text, start, end);
    }

    /// <summary><c>U*L+</c>: where no L follows the U, the last U that is an L too serves as one.</summary>
    private int EndOfLower(CodePoints text, int start, int end)
    {
        if (IgnoresCase) return text.EndOfRun(start, end, Letters);
        int upper = start;
        while (IsUpper(text, upper, end)) upper++;
        if (IsLower(text, upper, end)) return EndOfLowerRun(text, upper, end);
        while (upper > start && !IsLower(text, upper - 1, end)) upper--;
        return upper;
    }

    /// <summary><c>U+L*</c></summary>
    private int EndOfUpper(CodePoints text, int start, int end)
    {
        int upper = start;
        while (IsUpper(text, upper, end)) upper++;
        return upper == start ? start : EndOfLowerRun(text, upper, end);
    }

    private int EndOfLowerRun(CodePoints text, int at, int end)
    {
        while (IsLower(text, at, end)) at++;
        return at;
    }

    private bool IsUpper(CodePoints text, int at, int end) => (text.ClassAt(at, end) & Letters) != 0 && text[at] is not (>= 'a' and <= 'z');

    private bool IsLower(CodePoints text, int at, int end) => (text.ClassAt(at, end) & Letters) != 0 && text[at] is not (>= 'A' and <= 'Z');
}
