namespace WasmChord.Inference;

/// <summary>The English endings <c>'s 't 'm 'd 're 've 'll</c>.</summary>
internal static class Contractions
{
    /// <summary>Where an ending that begins at a position ends; the position where there is none.</summary>
    internal static int Match(CodePoints text, int start, int end, bool anyCase)
    {
        if (text.At(start, end) != '\'') return start;
        int first = Fold(text.At(start + 1, end), anyCase);
        if (first is 's' or 't' or 'm' or 'd') return start + 2;
        int second = Fold(text.At(start + 2, end), anyCase);
        return (first, second) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? start + 3 : start;
    }

    private static int Fold(int codePoint, bool anyCase) => anyCase && codePoint is >= 'A' and <= 'Z' ? codePoint | 0x20 : codePoint;
}
