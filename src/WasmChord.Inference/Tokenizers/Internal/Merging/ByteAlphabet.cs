namespace WasmChord.Inference;

/// <summary>
/// The characters that stand for bytes in the texts of byte-level vocabularies: printable Latin-1 for itself, U+0100 and
/// on for the rest. Source: <c>bytes_to_unicode</c> in <c>encoder.py</c> of openai/gpt-2.
/// </summary>
internal static class ByteAlphabet
{
    private const int Characters = 0x144;

    private static readonly int[] s_characters = MakeCharacters(); // (256)
    private static readonly short[] s_bytes = MakeBytes(); // (Characters), or −1

    /// <summary>Most bytes of a character of the alphabet, in UTF-8.</summary>
    internal const int MaxCharacterBytes = 2;

    /// <summary>Writes the character of a byte as UTF-8.</summary>
    /// <returns>Bytes written.</returns>
    internal static int Encode(byte value, Span<byte> destination) => CodePointReader.Encode(s_characters[value], destination);

    /// <summary>The byte that a character stands for.</summary>
    internal static bool TryDecode(int codePoint, out byte value)
    {
        value = 0;
        if (codePoint >= Characters || s_bytes[codePoint] < 0) return false;
        value = (byte)s_bytes[codePoint];
        return true;
    }

    private static int[] MakeCharacters()
    {
        int[] characters = new int[256];
        int next = 256;
        for (int value = 0; value < 256; value++)
            characters[value] = value is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE ? value : next++;
        return characters;
    }

    private static short[] MakeBytes()
    {
        short[] bytes = new short[Characters];
        Array.Fill(bytes, (short)-1);
        for (int value = 0; value < 256; value++) bytes[s_characters[value]] = (short)value;
        return bytes;
    }
}
