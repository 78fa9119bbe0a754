namespace WasmChord.Inference;

/// <summary>How pre-tokenizers divide white space.</summary>
internal static class SpaceRuns
{
    /// <summary><c>\s+(?!\S)|\s+</c>: a run, but for its last character where that leads something else.</summary>
    internal static int Match(CodePoints text, int start, int end)
    {
        int run = text.EndOfRun(start, end, CharacterClass.WhiteSpace);
        return run < end && run - start > 1 ? run - 1 : run;
    }

    /// <summary><c>\s*[\r\n]+|\s+(?!\S)|\s+</c>: the same, but a run with line ends is cut after the last of them.</summary>
    internal static int MatchLines(CodePoints text, int start, int end)
    {
        int run = text.EndOfRun(start, end, CharacterClass.WhiteSpace);
        for (int i = run; i > start; i--)
            if (IsLineEnd(text[i - 1])) return i;
        return run < end && run - start > 1 ? run - 1 : run;
    }

    internal static bool IsLineEnd(int codePoint) => codePoint is '\r' or '\n';
}
