using System.Text;

namespace WasmChord.Inference;

/// <summary>Encodes by <see cref="WordPieceModel"/>.</summary>
internal sealed class WordPieceEncoder(WordPieceModel model) : TextEncoder
{
    private readonly Vocabulary _vocabulary = model.Vocabulary;
    private byte[] _word = new byte[64];
    private int _length;

    internal override void Encode(ReadOnlySpan<byte> text, bool afterSpecial, List<TokenId> output)
    {
        Begin();
        while (!text.IsEmpty)
        {
            text = text[CodePointReader.Decode(text, out int codePoint)..];
            Add(model.Rules.StripsAccents ? Decompositions.BaseOf(codePoint) : codePoint, output);
        }

        End(output);
    }

    private void Add(int codePoint, List<TokenId> output)
    {
        CharacterClass characterClass = CharacterClasses.Of(codePoint);
        if (characterClass == CharacterClass.WhiteSpace)
        {
            End(output);
            return;
        }

        if (IsDropped(codePoint, characterClass)) return;
        int written = model.Rules.LowersCase ? ToLower(codePoint) : codePoint;
        if (characterClass == CharacterClass.Punctuation || (codePoint < 0x7F && characterClass == CharacterClass.Symbol) || codePoint == '~' || IsIdeograph(codePoint))
        {
            End(output);
            Append(written);
            End(output);
            return;
        }

        Append(written);
    }

    private bool IsDropped(int codePoint, CharacterClass characterClass) =>
        codePoint == Rune.ReplacementChar.Value
        || (characterClass == CharacterClass.Other && codePoint != '~' && !IsUnassigned(codePoint))
        || (characterClass == CharacterClass.Mark && model.Rules.StripsAccents);

    private static bool IsUnassigned(int codePoint) =>
        CharacterClasses.IsNewer(codePoint) || System.Globalization.CharUnicodeInfo.GetUnicodeCategory(codePoint) == System.Globalization.UnicodeCategory.OtherNotAssigned;

    private void Append(int codePoint)
    {
        const int most = 4;
        if (_word.Length - _length < most) Array.Resize(ref _word, 2 * _word.Length);
        _length += CodePointReader.Encode(codePoint, _word.AsSpan(_length));
    }

    // Words begin with the mark of a space, as the tokens that begin words do.
    private void Begin()
    {
        SpaceMark.Utf8.CopyTo(_word);
        _length = SpaceMark.Utf8.Length;
    }

    private void End(List<TokenId> output)
    {
        ReadOnlySpan<byte> word = _word.AsSpan(0, _length);
        Begin();
        if (word.Length == SpaceMark.Utf8.Length) return;
        int before = output.Count;
        while (!word.IsEmpty)
        {
            int length = Math.Min(word.Length, _vocabulary.MaxTextBytes);
            int token = -1;
            for (; length > 0 && token < 0; length -= token < 0 ? 1 : 0) token = _vocabulary.Find(word[..length]);
            if (token < 0)
            {
                output.RemoveRange(before, output.Count - before);
                if (model.Unknown >= 0) output.Add(new TokenId(model.Unknown));
                return;
            }

            output.Add(new TokenId(token));
            word = word[length..];
        }
    }

    // Invariant casing maps all of Unicode but the dotted capital I, whose lower case is two characters elsewhere.
    private static int ToLower(int codePoint)
    {
        if (codePoint == 0x130) return 'i';
        return Rune.TryCreate(codePoint, out Rune rune) && !CharacterClasses.IsNewer(codePoint) ? Rune.ToLowerInvariant(rune).Value : codePoint;
    }

    private static bool IsIdeograph(int codePoint) => codePoint is >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF or >= 0x20000 and <= 0x2A6DF
        or >= 0x2A700 and <= 0x2B81F or >= 0x2B920 and <= 0x2CEAF or >= 0xF900 and <= 0xFAFF or >= 0x2F800 and <= 0x2FA1F;
}
