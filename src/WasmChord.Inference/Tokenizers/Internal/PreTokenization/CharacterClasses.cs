using System.Globalization;

namespace WasmChord.Inference;

/// <summary>
/// The classes of all code points as Unicode 15.1 has them, which is what the vocabularies' reference splits by. What
/// .NET knows beyond that version counts as unassigned.
/// </summary>
internal static class CharacterClasses
{
    /// <summary>Classes of the code points below 128.</summary>
    private static readonly CharacterClass[] s_ascii = [.. Enumerable.Range(0, 128).Select(Compute)];

    /// <summary>Ranges assigned by Unicode 16: first and last, in order. Source: DerivedAge.txt of the Unicode Character Database.</summary>
    private static ReadOnlySpan<int> NewerRanges =>
    [
        0x0897, 0x0897, 0x1B4E, 0x1B4F, 0x1B7F, 0x1B7F, 0x1C89, 0x1C8A, 0x2427, 0x2429, 0x31E4, 0x31E5, 0xA7CB, 0xA7CD,
        0xA7DA, 0xA7DC, 0x105C0, 0x105F3, 0x10D40, 0x10D65, 0x10D69, 0x10D85, 0x10D8E, 0x10D8F, 0x10EC2, 0x10EC4,
        0x10EFC, 0x10EFC, 0x11380, 0x113E2, 0x116D0, 0x116E3, 0x11BC0, 0x11BE1, 0x11BF0, 0x11BF9, 0x11F5A, 0x11F5A,
        0x13460, 0x143FA, 0x16100, 0x16139, 0x16D40, 0x16D79, 0x18CFF, 0x18CFF, 0x1CC00, 0x1CCF9, 0x1CD00, 0x1CEB3,
        0x1E5D0, 0x1E5FA, 0x1E5FF, 0x1E5FF, 0x1F8B2, 0x1F8BB, 0x1F8C0, 0x1F8C1, 0x1FA89, 0x1FA89, 0x1FA8F, 0x1FA8F,
        0x1FABE, 0x1FABE, 0x1FAC6, 0x1FAC6, 0x1FADC, 0x1FADC, 0x1FADF, 0x1FADF, 0x1FAE9, 0x1FAE9, 0x1FBCB, 0x1FBEF,
    ];

    internal static CharacterClass Of(int codePoint) => codePoint < 128 ? s_ascii[codePoint] : Compute(codePoint);

    /// <summary>True for what Unicode calls White_Space.</summary>
    internal static bool IsWhiteSpace(int codePoint) => codePoint switch
    {
        >= 0x09 and <= 0x0D or 0x20 or 0x85 or 0xA0 or 0x1680 or >= 0x2000 and <= 0x200A => true,
        0x2028 or 0x2029 or 0x202F or 0x205F or 0x3000 => true,
        _ => false,
    };

    /// <summary>True where Unicode 15.1 does not know a code point that .NET may know.</summary>
    internal static bool IsNewer(int codePoint)
    {
        ReadOnlySpan<int> ranges = NewerRanges;
        if (codePoint < ranges[0]) return false;
        int low = 0, high = ranges.Length / 2;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (ranges[2 * middle + 1] < codePoint) low = middle + 1;
            else high = middle;
        }

        return low < ranges.Length / 2 && ranges[2 * low] <= codePoint;
    }

    private static CharacterClass Compute(int codePoint)
    {
        if (IsWhiteSpace(codePoint)) return CharacterClass.WhiteSpace;
        if (codePoint > 0x10FFFF || IsNewer(codePoint)) return CharacterClass.Other;
        return CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter
                or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => CharacterClass.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharacterClass.Number,
            UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark => CharacterClass.Mark,
            UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation
                or UnicodeCategory.ClosePunctuation or UnicodeCategory.InitialQuotePunctuation
                or UnicodeCategory.FinalQuotePunctuation or UnicodeCategory.OtherPunctuation => CharacterClass.Punctuation,
            // The reference's patterns leave the tilde out of the symbols, so it is none here either.
            UnicodeCategory.MathSymbol or UnicodeCategory.CurrencySymbol or UnicodeCategory.ModifierSymbol
                or UnicodeCategory.OtherSymbol => codePoint == '~' ? CharacterClass.Other : CharacterClass.Symbol,
            _ => CharacterClass.Other,
        };
    }
}
