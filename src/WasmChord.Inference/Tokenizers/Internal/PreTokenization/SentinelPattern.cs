namespace WasmChord.Inference;

/// <summary>A fixed text, a run of a set of ASCII characters, and a closing one: the names of Chameleon's sentinels and images.</summary>
/// <param name="opening">The text.</param>
/// <param name="first">The first character of the set.</param>
/// <param name="last">The last.</param>
/// <param name="most">The longest run; it has at least one character.</param>
/// <param name="closing">What follows the run.</param>
internal sealed class SentinelPattern(string opening, char first, char last, int most, char closing) : TextPattern
{
    protected override int Match(CodePoints text, int start, int end)
    {
        int at = start;
        foreach (char c in opening)
            if (text.At(at++, end) != c) return start;
        int run = at;
        while (run - at < most && text.At(run, end) is var c && c >= first && c <= last) run++;
        return run > at && text.At(run, end) == closing ? run + 1 : start;
    }
}
