using System.Text;

namespace WasmChord.Inference;

/// <summary>
/// Decodes bytes as the reference does before it splits them into words: every byte that begins no character becomes
/// U+FFFD; overlong forms and surrogates pass.
/// </summary>
internal static class CodePointReader
{
    /// <summary>Decodes into arrays that have room for as many code points as there are bytes.</summary>
    /// <returns>How many code points there are.</returns>
    internal static int Read(ReadOnlySpan<byte> text, Span<int> values, Span<CharacterClass> classes)
    {
        int count = 0;
        while (!text.IsEmpty)
        {
            int length = Decode(text, out int codePoint);
            values[count] = codePoint;
            classes[count++] = CharacterClasses.Of(codePoint);
            text = text[length..];
        }

        return count;
    }

    /// <summary>Decodes one character.</summary>
    /// <returns>Bytes of it.</returns>
    internal static int Decode(ReadOnlySpan<byte> text, out int codePoint)
    {
        byte lead = text[0];
        codePoint = lead;
        if (lead < 0x80) return 1;
        int length = TextEncoder.CharacterBytes(lead);
        bool whole = lead is >= 0xC0 and < 0xF8 && length <= text.Length;
        codePoint = lead & (0x7F >> length);
        for (int i = 1; whole && i < length; i++)
        {
            whole = (text[i] & 0xC0) == 0x80;
            codePoint = (codePoint << 6) | (text[i] & 0x3F);
        }

        if (whole && codePoint <= 0x10FFFF) return length;
        codePoint = Rune.ReplacementChar.Value;
        return 1;
    }

    /// <summary>Writes one character in its shortest form; surrogates as three bytes.</summary>
    /// <returns>Bytes of it.</returns>
    internal static int Encode(int codePoint, Span<byte> destination)
    {
        if (Rune.TryCreate(codePoint, out Rune rune)) return rune.EncodeToUtf8(destination);
        destination[0] = (byte)(0xE0 | (codePoint >> 12));
        destination[1] = (byte)(0x80 | ((codePoint >> 6) & 0x3F));
        destination[2] = (byte)(0x80 | (codePoint & 0x3F));
        return 3;
    }
}
