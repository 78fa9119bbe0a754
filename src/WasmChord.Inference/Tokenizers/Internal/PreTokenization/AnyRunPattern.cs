namespace WasmChord.Inference;

/// <summary>Runs of any one of several sets: the first that holds a character makes a run of it and its like.</summary>
internal sealed class AnyRunPattern(params CharacterSet[] sets) : TextPattern
{
    protected override int Match(CodePoints text, int start, int end)
    {
        foreach (CharacterSet set in sets)
        {
            int at = start;
            while (at < end && set.Contains(text[at], text.ClassAt(at, end))) at++;
            if (at > start) return at;
        }

        return start;
    }
}
