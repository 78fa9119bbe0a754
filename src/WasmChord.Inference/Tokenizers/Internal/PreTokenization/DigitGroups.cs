namespace WasmChord.Inference;

/// <summary>
/// <c>(?=(\d{3})+(?!\d))</c>: cuts runs of ASCII digits before each group of three, counted from their right ends.
/// </summary>
internal class DigitGroups : TextPattern
{
    /// <summary>Digits of a group.</summary>
    protected const int Group = 3;

    /// <summary>Cuts in place of matches: nothing is matched.</summary>
    protected sealed override int Match(CodePoints text, int start, int end) => start;

    internal sealed override void Divide(CodePoints text, int start, int end, List<int> ends)
    {
        int done = start;
        for (int at = start; at < end;)
        {
            int run = EndOfRun(text, at, end);
            if (run == at)
            {
                at++;
                continue;
            }

            foreach (int cut in Cuts(text, at, run, end))
            {
                if (cut <= done) continue;
                ends.Add(cut);
                done = cut;
            }

            at = run;
        }

        if (done < end) ends.Add(end);
    }

    /// <summary>Where the run of digits that starts at a position ends.</summary>
    protected virtual int EndOfRun(CodePoints text, int at, int end)
    {
        while (text.At(at, end) is >= '0' and <= '9') at++;
        return at;
    }

    /// <summary>Where the run from <paramref name="start"/> to <paramref name="run"/> is cut, in order.</summary>
    protected virtual IEnumerable<int> Cuts(CodePoints text, int start, int run, int end) => Between(start + (run - start) % Group, run - 1);

    /// <summary>Each third position from one to another.</summary>
    protected static IEnumerable<int> Between(int first, int last)
    {
        for (int cut = first; cut <= last; cut += Group) yield return cut;
    }
}
