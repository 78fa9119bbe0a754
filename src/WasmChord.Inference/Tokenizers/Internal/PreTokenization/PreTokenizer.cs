namespace WasmChord.Inference;

/// <summary>How a byte-pair vocabulary divides text into words before it merges, and what else follows from its name.</summary>
/// <param name="patterns">The expressions, each applied to the pieces that the one before it has left.</param>
internal sealed class PreTokenizer(params TextPattern[] patterns)
{
    /// <summary>Whether a word that is a token is that token, whatever merges would give.</summary>
    internal bool IgnoresMerges { get; init; }

    /// <summary>Whether a text begins with the token that begins sequences, unless the metadata say otherwise.</summary>
    internal bool AddsBegin { get; init; }

    /// <summary>Whether it does so even where the metadata deny it: published files of Gemma 4 do, wrongly.</summary>
    internal bool ForcesBegin { get; init; }

    /// <summary>False where no token begins sequences, unless the metadata name one.</summary>
    internal bool HasBegin { get; init; } = true;

    /// <summary>Whether spaces before punctuation are left out of decoded text.</summary>
    internal bool CleansSpaces { get; init; }

    /// <summary>
    /// Whether merges are of UTF-8 with marks for spaces and byte tokens for the rest, rather than of the alphabet that
    /// stands for bytes.
    /// </summary>
    internal bool IsPlainText { get; init; }

    /// <summary>Whether a word of line feeds that is a token is that token.</summary>
    internal bool KeepsLineFeeds { get; init; }

    /// <summary>Divides a text.</summary>
    /// <param name="text">The text; not empty.</param>
    /// <param name="ends">Receives where the words end.</param>
    /// <param name="spare">A list to work with.</param>
    internal void Divide(CodePoints text, ref List<int> ends, ref List<int> spare)
    {
        ends.Clear();
        ends.Add(text.Count);
        foreach (TextPattern pattern in patterns)
        {
            spare.Clear();
            int start = 0;
            foreach (int end in ends)
            {
                pattern.Divide(text, start, end, spare);
                start = end;
            }

            (ends, spare) = (spare, ends);
        }
    }
}
