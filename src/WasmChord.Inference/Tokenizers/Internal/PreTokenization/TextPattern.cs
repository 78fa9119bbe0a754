namespace WasmChord.Inference;

/// <summary>
/// One expression of a pre-tokenizer. It divides each piece that the expressions before it have left: matches become
/// pieces, and so does what lies between them.
/// </summary>
internal abstract class TextPattern
{
    /// <summary>Finds where the match that begins at a position ends.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">The position.</param>
    /// <param name="end">Where the piece ends; nothing beyond it is looked at.</param>
    /// <returns>The end of the match; the start or less where nothing matches.</returns>
    protected abstract int Match(CodePoints text, int start, int end);

    /// <summary>Divides a piece.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where the piece starts.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="ends">Takes the ends of the pieces that it is divided into, <paramref name="end"/> the last.</param>
    internal virtual void Divide(CodePoints text, int start, int end, List<int> ends)
    {
        int done = start;
        for (int at = start; at < end;)
        {
            int match = Match(text, at, end);
            if (match <= at)
            {
                at++;
                continue;
            }

            if (at > done) ends.Add(at);
            ends.Add(match);
            done = at = match;
        }

        if (done < end) ends.Add(end);
    }
}
