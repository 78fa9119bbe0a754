namespace WasmChord.Inference;

/// <summary>
/// <c>\d{1,3}(?=(?:\d{3})*\b)</c>: the same groups as pieces of their own, except in runs that an ASCII letter or an
/// underscore follows.
/// </summary>
internal sealed class WordDigitGroups : DigitGroups
{
    protected override IEnumerable<int> Cuts(CodePoints text, int start, int run, int end)
    {
        if (text.At(run, end) is >= 'a' and <= 'z' or >= 'A' and <= 'Z' or '_') return [];
        int first = start + (run - start) % Group;
        return first == start ? Between(start, run) : [start, .. Between(first, run)];
    }
}
