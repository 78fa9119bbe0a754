namespace WasmChord.Inference;

/// <summary>
/// <c>(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>:
/// the words of cl100k, Llama 3 and Qwen, which take a character before them along, and their variants.
/// </summary>
internal class LineWords : TextPattern
{
    private const CharacterClass NoSymbol = CharacterClass.WhiteSpace | CharacterClass.Letter | CharacterClass.Number;

    /// <summary>How many digits go together.</summary>
    internal int MaxDigits { get; init; } = 3;

    /// <summary>Whether English endings are words of their own.</summary>
    internal bool DividesContractions { get; init; } = true;

    /// <summary>Whether marks are letters rather than symbols.</summary>
    internal bool TakesMarks { get; init; }

    /// <summary>Whether words with single spaces between them, and their marks, go together.</summary>
    internal bool JoinsWords { get; init; }

    /// <summary>How many line ends may follow symbols.</summary>
    internal int MaxLineEnds { get; init; } = int.MaxValue;

    /// <summary>Whether slashes count among those line ends.</summary>
    internal bool TakesSlash { get; init; }

    protected override int Match(CodePoints text, int start, int end)
    {
        if (DividesContractions && Contractions.Match(text, start, end, anyCase: true) is var contraction && contraction > start) return contraction;
        CharacterClass leading = text.ClassAt(start, end);
        CharacterClass letters = TakesMarks ? CharacterClass.Letter | CharacterClass.Mark : CharacterClass.Letter;
        if ((leading & letters) != 0) return EndOfWord(text, start, end, letters);
        if (leading == CharacterClass.Number) return text.EndOfRun(start, end, CharacterClass.Number, MaxDigits);
        if (!SpaceRuns.IsLineEnd(text[start]) && (text.ClassAt(start + 1, end) & letters) != 0) return EndOfWord(text, start + 1, end, letters);
        SymbolRuns symbols = new(~(NoSymbol | letters), MaxLineEnds, TakesSlash);
        return symbols.Match(text, start, end) is var run && run > start ? run : SpaceRuns.MatchLines(text, start, end);
    }

    private int EndOfWord(CodePoints text, int start, int end, CharacterClass letters)
    {
        if (!JoinsWords) return text.EndOfRun(start, end, letters);
        while (text.ClassAt(start, end) == CharacterClass.Letter)
        {
            start = text.EndOfRun(start + 1, end, CharacterClass.Mark);
            if (text.At(start, end) == ' ' && text.ClassAt(start + 1, end) == CharacterClass.Letter) start++;
        }

        return start;
    }
}
