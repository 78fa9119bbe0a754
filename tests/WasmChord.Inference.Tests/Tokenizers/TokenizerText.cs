using System.Text;

namespace WasmChord.Inference.Tests;

/// <summary>Short forms for tests of tokenizers, and texts for them.</summary>
internal static class TokenizerText
{
    private static readonly string[] s_parts =
    [
        " ", "  ", "\n", "\r\n", "\t", "'s", "'S", "'ll", "'Re", "I'm", "1", "12", "1234567", "٣٤", "½", "é", "É", "e\u0301", "नमस्ते", "ក", "中文",
        "日本", "カナ", "한국", "😀", "👨‍👩‍👧", "🏽", "~", "!~!", "!!", "…", "。", ",", "//", "\\", "_", "(", "$", "<", "|", "]", "\"", "A", "ABc", "aB",
        "Hello", "world", " the", "ß", "ſ", "ǅ", "ʰ", "\u00a0", "\u2003", "\u3000", "\u0085", "\u200b", "\ufeff", "\0", "\u001f", "\u0378", "\ue000",
        "\U00010400", "\U00020000", "\U000E0100", "\u1C89", "€", "3,000", "foo_bar", "</s>", "<s>", "<|x|>", "▁", " ▁", "İ",
    ];

    public static int[] Ids(this Tokenizer tokenizer, string text, bool addSpecial = false, bool parseSpecial = false) =>
        [.. tokenizer.Encode(text, addSpecial, parseSpecial).Select(t => t.Value)];

    public static TokenId[] Tokens(params int[] ids) => [.. ids.Select(id => new TokenId(id))];

    public static string Text(this Tokenizer tokenizer, params int[] ids) => tokenizer.Decode(Tokens(ids));

    /// <summary>A text of what tokenizers stumble over, and of any code points.</summary>
    public static string Random(Random random)
    {
        StringBuilder text = new();
        for (int i = random.Next(1, random.Next(2, 30)); i > 0; i--)
        {
            switch (random.Next(6))
            {
                case 0: text.Append(RandomRune(random)); break;
                case 1: text.Append((char)random.Next(32, 127)); break;
                case 2: text.Append(new string(" \na1!é中"[random.Next(7)], random.Next(1, 12))); break;
                default: text.Append(s_parts[random.Next(s_parts.Length)]); break;
            }
        }

        return text.ToString();
    }

    public static byte[] RandomBytes(Random random)
    {
        byte[] bytes = random.Next(2) == 0 ? new byte[random.Next(48)] : Encoding.UTF8.GetBytes(Random(random));
        if (bytes.Length == 0) return bytes;
        if (random.Next(2) == 0) random.NextBytes(bytes);
        for (int i = random.Next(4); i > 0; i--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }

    private static string RandomRune(Random random)
    {
        int limit = random.Next(3) switch { 0 => 0x3000, 1 => 0x10000, _ => 0x110000 };
        int value;
        do value = random.Next(limit);
        while (value is >= 0xD800 and <= 0xDFFF);
        return char.ConvertFromUtf32(value);
    }
}
