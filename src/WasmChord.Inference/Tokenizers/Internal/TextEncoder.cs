namespace WasmChord.Inference;

/// <summary>Encodes the parts of one text between its special tokens. One thread at a time.</summary>
internal abstract class TextEncoder
{
    /// <summary>Appends the tokens of a part.</summary>
    /// <param name="text">The part; any bytes.</param>
    /// <param name="afterSpecial">True at the start of the text and after a special token.</param>
    /// <param name="output">Where the tokens go.</param>
    internal abstract void Encode(ReadOnlySpan<byte> text, bool afterSpecial, List<TokenId> output);

    /// <summary>Bytes of the character that a lead byte announces; 1 for bytes that lead none.</summary>
    internal static int CharacterBytes(byte lead) => lead switch
    {
        < 0xC0 => 1,
        < 0xE0 => 2,
        < 0xF0 => 3,
        _ => 4,
    };

    /// <summary>Makes an array at least as long as asked for, at least doubling it.</summary>
    internal static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length) array = new T[(int)Math.Min(Math.Max(length, 2L * array.Length), Array.MaxLength)];
    }
}
