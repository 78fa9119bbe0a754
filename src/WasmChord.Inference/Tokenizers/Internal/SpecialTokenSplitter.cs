using System.Buffers;

namespace WasmChord.Inference;

/// <summary>
/// Finds special tokens in text: the longest names first in all of the text, then the next, each from left to right in
/// what is left, as the reference does. User-defined tokens are found always, control tokens only when asked for.
/// </summary>
internal sealed class SpecialTokenSplitter
{
    private const TokenAttributes Always = TokenAttributes.UserDefined;
    private const TokenAttributes WhenParsing = TokenAttributes.Control | TokenAttributes.Unknown;

    private readonly Vocabulary _vocabulary;
    private readonly Pass[] _passes; // by falling length

    internal SpecialTokenSplitter(Vocabulary vocabulary)
    {
        _vocabulary = vocabulary;
        _passes =
        [
            .. Enumerable.Range(0, vocabulary.Count).Where(t => vocabulary.Is(t, Always | WhenParsing))
                .GroupBy(t => vocabulary.Text(t).Length).OrderByDescending(g => g.Key)
                .Select(g => new Pass(g.Key, FirstBytes(g), FirstBytes(g.Where(t => IsFound(t, parses: false))))),
        ];
    }

    internal long ApproximateBytes => _passes.Length * 160L;

    /// <summary>Divides a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="parses">Whether control and unknown tokens are found.</param>
    internal List<TextFragment> Split(ReadOnlySpan<byte> text, bool parses)
    {
        List<TextFragment> fragments = [];
        if (text.IsEmpty) return fragments;
        fragments.Add(new TextFragment(0, text.Length, -1));
        foreach (Pass pass in _passes)
        {
            SearchValues<byte>? firstBytes = parses ? pass.AllFirstBytes : pass.UserFirstBytes;
            if (firstBytes is null || pass.Length > text.Length || text.IndexOfAny(firstBytes) < 0) continue;
            List<TextFragment> divided = new(fragments.Count);
            foreach (TextFragment fragment in fragments)
            {
                if (fragment.Token >= 0) divided.Add(fragment);
                else Divide(text, fragment, pass.Length, firstBytes, parses, divided);
            }

            fragments = divided;
        }

        return fragments;
    }

    private void Divide(ReadOnlySpan<byte> text, TextFragment fragment, int length, SearchValues<byte> firstBytes, bool parses, List<TextFragment> output)
    {
        int start = fragment.Start, end = start + fragment.Length;
        for (int at = start; end - at >= length; at++)
        {
            int next = text[at..(end - length + 1)].IndexOfAny(firstBytes);
            if (next < 0) break;
            at += next;
            int token = _vocabulary.Find(text.Slice(at, length));
            if (token < 0 || !IsFound(token, parses)) continue;
            int before = at, after = at + length;
            if (_vocabulary.Is(token, TokenAttributes.StripsLeft))
                while (before > start && IsSpace(text[before - 1])) before--;
            if (_vocabulary.Is(token, TokenAttributes.StripsRight))
                while (after < end && IsSpace(text[after])) after++;
            if (before > start) output.Add(new TextFragment(start, before - start, -1));
            output.Add(new TextFragment(at, length, token));
            start = after;
            at = after - 1;
        }

        if (end > start) output.Add(new TextFragment(start, end - start, -1));
    }

    private bool IsFound(int token, bool parses) =>
        _vocabulary.Is(token, Always | WhenParsing) && (parses || !_vocabulary.Is(token, WhenParsing));

    private SearchValues<byte>? FirstBytes(IEnumerable<int> tokens)
    {
        byte[] bytes = [.. tokens.Select(t => _vocabulary.Text(t)[0]).Distinct()];
        return bytes.Length == 0 ? null : SearchValues.Create(bytes);
    }

    // What isspace of C takes for white space.
    private static bool IsSpace(byte value) => value is (byte)' ' or >= (byte)'\t' and <= (byte)'\r';

    /// <summary>All tokens whose names have one length.</summary>
    /// <param name="Length">The length.</param>
    /// <param name="AllFirstBytes">The bytes that their names begin with.</param>
    /// <param name="UserFirstBytes">Those of user-defined tokens; null where there are none.</param>
    private sealed record Pass(int Length, SearchValues<byte>? AllFirstBytes, SearchValues<byte>? UserFirstBytes);
}
