namespace WasmChord.Inference;

/// <summary>
/// The words of Kimi K2: runs of Han; other letters with the character before them and the English ending after them;
/// digits by three; symbols and white space as <see cref="LineWords"/> has them.
/// </summary>
internal sealed class HanWords : TextPattern
{
    protected override int Match(CodePoints text, int start, int end)
    {
        if (EndOfHan(text, start, end) is var han && han > start) return han;
        CharacterClass leading = text.ClassAt(start, end);
        bool leads = !SpaceRuns.IsLineEnd(text[start]) && (leading & (CharacterClass.Letter | CharacterClass.Number)) == 0;
        int first = leads ? start + 1 : start;
        if (EndOfLetters(text, first, end) is var word && word > first) return Contractions.Match(text, word, end, anyCase: true);
        if (leading == CharacterClass.Number) return text.EndOfRun(start, end, CharacterClass.Number, 3);
        SymbolRuns symbols = new(~(CharacterClass.WhiteSpace | CharacterClass.Letter | CharacterClass.Number), int.MaxValue, TakesSlash: false);
        return symbols.Match(text, start, end) is var run && run > start ? run : SpaceRuns.MatchLines(text, start, end);
    }

    private static int EndOfHan(CodePoints text, int at, int end)
    {
        while (IsHan(text.At(at, end))) at++;
        return at;
    }

    private static int EndOfLetters(CodePoints text, int at, int end)
    {
        while (text.ClassAt(at, end) == CharacterClass.Letter && !IsHan(text[at])) at++;
        return at;
    }

    private static bool IsHan(int codePoint) => codePoint is >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF or >= 0xF900 and <= 0xFAFF
        or >= 0x20000 and <= 0x2A6DF or >= 0x2A700 and <= 0x2B73F or >= 0x2B740 and <= 0x2EBEF or >= 0x2F800 and <= 0x2FA1F;
}
