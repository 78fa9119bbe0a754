namespace WasmChord.Inference;

/// <summary>A set of characters: whole classes, and ranges of code points.</summary>
/// <param name="classes">The classes.</param>
/// <param name="ranges">First and last of each range, in order. White space beyond ASCII is in no range.</param>
/// <param name="inverted">True for all characters but these.</param>
internal sealed class CharacterSet(CharacterClass classes, int[] ranges, bool inverted = false)
{
    private readonly int[] _ranges = ranges;

    /// <summary>Han, with all scripts from Samaritan on, and Hangul: what DeepSeek's first vocabularies keep together.</summary>
    internal static CharacterSet EastAsian { get; } = new(CharacterClass.None, [0x0800, 0x9FA5, 0xAC00, 0xD7FF]);

    /// <summary>Han and kana.</summary>
    internal static CharacterSet HanAndKana { get; } = new(CharacterClass.None, [0x3040, 0x30FF, 0x4E00, 0x9FA5]);

    internal static CharacterSet AsciiDigits { get; } = new(CharacterClass.None, ['0', '9']);

    internal static CharacterSet LineEnds { get; } = new(CharacterClass.None, ['\n', '\n', '\r', '\r']);

    internal static CharacterSet Of(CharacterClass classes) => new(classes, []);

    internal bool Contains(int codePoint, CharacterClass characterClass) =>
        ((characterClass & classes) != 0 || InRange(codePoint, characterClass)) != inverted;

    private bool InRange(int codePoint, CharacterClass characterClass)
    {
        if (codePoint >= 128 && characterClass == CharacterClass.WhiteSpace) return false;
        int low = 0, high = _ranges.Length / 2;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_ranges[2 * middle + 1] < codePoint) low = middle + 1;
            else high = middle;
        }

        return 2 * low < _ranges.Length && _ranges[2 * low] <= codePoint;
    }
}
