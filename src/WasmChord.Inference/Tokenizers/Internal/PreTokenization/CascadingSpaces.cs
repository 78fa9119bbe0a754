namespace WasmChord.Inference;

/// <summary>
/// <see cref="LineWords"/> with white space cut into powers of two:
/// <c>\s{512}(?!\S)|\s{256}(?!\S)|…|\s{4}(?!\S)|\s{1,2}(?!\S)|\s{1}</c>, as Jais 2 has it.
/// </summary>
internal sealed class CascadingSpaces : LineWords
{
    private const int Longest = 512;

    /// <summary>Handles a run of white space in one go, because each match alone would have to look for a line end in all of it.</summary>
    internal override void Divide(CodePoints text, int start, int end, List<int> ends)
    {
        for (int at = start; at < end;)
        {
            int run = text.EndOfRun(at, end, CharacterClass.WhiteSpace);
            if (run - at < 2 || SpaceRuns.MatchLines(text, at, end) is var lines && SpaceRuns.IsLineEnd(text[lines - 1]))
            {
                at = Match(text, at, end);
                ends.Add(at);
                continue;
            }

            for (; run - at >= 2; ends.Add(at)) at += Piece(run - at, run == end);
        }
    }

    // The longest power of two after which no more than white space follows.
    private static int Piece(int run, bool isLast)
    {
        for (int length = Longest; length > 1; length /= 2)
            if (run > length || (run == length && isLast)) return length;
        return 1;
    }
}
