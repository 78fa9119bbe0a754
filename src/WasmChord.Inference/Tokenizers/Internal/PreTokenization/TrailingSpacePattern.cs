namespace WasmChord.Inference;

/// <summary><c>\s+$</c>: the white space at the end of a piece.</summary>
internal sealed class TrailingSpacePattern : TextPattern
{
    protected override int Match(CodePoints text, int start, int end) =>
        text.EndOfRun(start, end, CharacterClass.WhiteSpace) == end ? end : start;

    /// <summary>Looks from the end, because a search from the start would read each run as often as it is long.</summary>
    internal override void Divide(CodePoints text, int start, int end, List<int> ends)
    {
        int trail = end;
        while (trail > start && text.ClassAt(trail - 1, end) == CharacterClass.WhiteSpace) trail--;
        if (trail > start) ends.Add(trail);
        if (trail < end) ends.Add(end);
    }
}
