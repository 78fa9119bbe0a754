namespace WasmChord.Inference;

/// <summary>Runs of what is neither white space nor part of a word, and what follows them.</summary>
/// <param name="Classes">What makes the run.</param>
/// <param name="MaxLineEnds">How many line ends may follow and belong to it.</param>
/// <param name="TakesSlash">Whether slashes may stand among those line ends.</param>
internal readonly record struct SymbolRuns(CharacterClass Classes, int MaxLineEnds, bool TakesSlash)
{
    /// <summary>A space may precede the run.</summary>
    internal int Match(CodePoints text, int start, int end)
    {
        int first = text[start] == ' ' ? start + 1 : start;
        int run = text.EndOfRun(first, end, Classes);
        if (run == first) return start;
        int limit = MaxLineEnds < end - run ? run + MaxLineEnds : end;
        while (run < limit && (SpaceRuns.IsLineEnd(text[run]) || (TakesSlash && text[run] == '/'))) run++;
        return run;
    }
}
