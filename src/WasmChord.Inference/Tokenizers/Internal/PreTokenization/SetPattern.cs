namespace WasmChord.Inference;

/// <summary>Runs of a set of characters, of a length between bounds.</summary>
/// <param name="set">The characters.</param>
/// <param name="least">The shortest run.</param>
/// <param name="most">The longest; longer ones are cut.</param>
/// <param name="before">Whether one character of white space, or one space, may precede and belongs to the run.</param>
internal sealed class SetPattern(CharacterSet set, int least = 1, int most = int.MaxValue, LeadingSpace before = LeadingSpace.None) : TextPattern
{
    protected override int Match(CodePoints text, int start, int end)
    {
        bool leads = before switch
        {
            LeadingSpace.Space => text[start] == ' ',
            LeadingSpace.WhiteSpace => text.ClassAt(start, end) == CharacterClass.WhiteSpace,
            _ => false,
        };
        int run = leads ? EndOfRun(text, start + 1, end) : start;
        return leads && run > start + 1 ? run : EndOfRun(text, start, end);
    }

    private int EndOfRun(CodePoints text, int start, int end)
    {
        int limit = most < end - start ? start + most : end;
        int at = start;
        while (at < limit && set.Contains(text[at], text.ClassAt(at, end))) at++;
        return at - start >= least ? at : start;
    }
}
