using System.Text;
using System.Text.RegularExpressions;

namespace WasmChord.Inference.Tests;

public sealed class PreTokenizerTests
{
    private const string Endings = "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])";
    private const string Lines = @"\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    private const string Llama3 = Endings + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|" + Lines;
    private const string Qwen2 = Endings + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|" + Lines;
    private const string Upper = "[\\p{L}-[a-z]]", Lower = "[\\p{L}-[A-Z]]";
    private const string DeepSeekV3 = @"[!-/:-@\[-`{-~][A-Za-z]+|(?:~|[^\r\n\p{L}\p{P}\p{S}])?[\p{L}\p{M}]+| ?[\p{P}\p{S}-[~]]+[\r\n]*|" + Lines;
    private const string HanKana = "[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+";

    /// <summary>The expressions as the vocabularies publish them, in .NET's syntax: another engine, another reading.</summary>
    public static TheoryData<string, string[]> Expressions() => new()
    {
        { "gpt-2", [Gpt2] },
        { "mpt", [Gpt2] },
        { "default", [@"[\p{P}$+<=>^~|]+", Gpt2, @"\p{N}+", "[0-9][0-9][0-9]"] },
        { "falcon", [@"[\p{P}$+<=>^~|`]+", Gpt2, "[0-9][0-9][0-9]"] },
        { "starcoder", [@"\p{N}", Gpt2] },
        { "command-r", [@"\p{N}", Gpt2] },
        { "llama-bpe", [Llama3] },
        { "dbrx", [Llama3] },
        { "qwen2", [Qwen2] },
        { "stablelm2", [Qwen2] },
        { "qwen35", [Endings + @"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|" + Lines] },
        { "ufakzeka", [@"[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|" + Lines] },
        { "bailingmoe", [@"'(?:[sSdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+"] },
        { "seed-coder", [Endings + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+|" + Lines] },
        { "laguna", ["[^\n]+|\n+", Qwen2] },
        { "minicpm5", [@"\p{N}{1,3}", Endings + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}+| ?[^\s\p{L}\p{N}]+[\r\n]*|" + Lines] },
        { "exaone-moe", [Endings + @"|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|\s+(?!\S)|\s+"] },
        {
            "jais-2",
            [Endings + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s{512}(?!\S)|\s{256}(?!\S)|\s{128}(?!\S)|\s{64}(?!\S)|\s{32}(?!\S)|\s{16}(?!\S)|\s{8}(?!\S)|\s{4}(?!\S)|\s{1,2}(?!\S)|\s{1}"]
        },
        { "tekken", [$@"[^\r\n\p{{L}}\p{{N}}]?{Upper}*{Lower}+|[^\r\n\p{{L}}\p{{N}}]?{Upper}+{Lower}*|\p{{N}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|" + Lines] },
        {
            "gpt-4o",
            [$@"[^\r\n\p{{L}}\p{{N}}]?{Upper}*{Lower}+{Endings}?|[^\r\n\p{{L}}\p{{N}}]?{Upper}+{Lower}*{Endings}?|\p{{N}}{{1,3}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|" + Lines]
        },
        {
            "granite-embed-multi-97m",
            [$@"[^\r\n\p{{L}}\p{{N}}]?[\p{{L}}\p{{M}}-[a-z]]*[\p{{L}}\p{{M}}-[A-Z]]+{Endings}?|[^\r\n\p{{L}}\p{{N}}]?[\p{{L}}\p{{M}}-[a-z]]+[\p{{L}}\p{{M}}-[A-Z]]*{Endings}?|\p{{N}}{{1,3}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|" + Lines]
        },
        {
            "tiny_aya",
            [
                "[0-9]{1,3}(?=(?:[0-9]{3})*(?![0-9A-Za-z_]))",
                $@"[^\r\n\p{{L}}\p{{N}}]?[\p{{L}}\p{{M}}]*[\p{{L}}\p{{M}}]+{Endings}?|\p{{N}}{{1,3}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|" + Lines,
            ]
        },
        { "superbpe", [@"\p{N}+", "(?=([0-9]{3})+(?![0-9]))"] },
        { "bloom", [" ?[^(\\s|.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c)]+"] },
        { "viking", [" ?[^(\\s|.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c)]+", @"\p{N}"] },
        { "deepseek-coder", ["[\r\n]", @"\s?\p{L}+", @"\s?\p{P}+", "[\u4e00-\u9fa5\u0800-\u4e00\uac00-\ud7ff-[\\s]]+", @"\p{N}"] },
        { "deepseek-v3", [@"\p{N}{1,3}", HanKana, DeepSeekV3] },
        { "spark2_5", [@"\p{N}{1,3}", HanKana, DeepSeekV3.Replace(@"+[\r\n]*|" + Lines, @"+|[\r\n]|\s+(?!\S)|\s+", StringComparison.Ordinal), @"\p{N}"] },
        {
            "chameleon",
            ["<sentinel:[0-9]+>", "IMGIMG[A-I]{1,4}Z", "([\t\n]|    |  )", @"\p{N}", @"[\p{P}!-/:-@\[-`{-~]", Gpt2]
        },
    };

    [Theory]
    [MemberData(nameof(Expressions))]
    public void Words_OfRandomTexts_AreThoseOfTheExpressions(string name, string[] expressions)
    {
        Regex[] regexes = [.. expressions.Select(e => new Regex(e, RegexOptions.CultureInvariant))];
        Random random = new(11);
        for (int i = 0; i < 1500; i++)
        {
            string text = RandomText(random);
            Assert.Equal(Divided(regexes, text), Words(name, text));
        }
    }

    [Theory]
    [InlineData("llama-bpe", "I'LL pay 1234567 €!\n\n  ok", "I|'LL| pay| |123|456|7| €!\n\n| | ok")]
    [InlineData("qwen2", "x=12;\r\n\t y", "x|=|1|2|;\r\n|\t| y")]
    [InlineData("gpt-2", "It's  a 'Test' 123abc  ", "It|'s| | a| '|Test|'| 123|abc|  ")]
    [InlineData("tekken", "HTMLParser parseXML Éa ÉA", "HTMLParser| parse|XML| Éa| É|A")]
    [InlineData("gpt-4o", "We'VE camelCase 1234/\n", "We'VE| camel|Case| |123|4|/\n")]
    [InlineData("deepseek-v3", "foo.Bar ~x 中文カナ 12345", "foo|.Bar| |~x| |中文カナ| |123|45")]
    [InlineData("deepseek-llm", "Ünï 你好, 123\n x ", "Ü|n|ï| |你好|,| |123|\n| x| ")]
    [InlineData("kimi-k2", "中文abc'sDEF 123456!!\n  x", "中文|abc's|DEF| |123|456|!!\n| | x")]
    [InlineData("kimi-k2", "don't, 漢字かな", "don't|,| |漢字|かな")]
    [InlineData("afmoe", "a1234b 12 123 ไทย x", "a|1|234|b| |12| |123| |ไ|ทย| x")]
    [InlineData("youtu", "你好，ㄅㄆ한글 it's 12", "你好|，|ㄅㄆ|한글| it's| |1|2")]
    [InlineData("superbpe", "1234567 is", "1|234|567| is")]
    [InlineData("tiny_aya", "1234567 12a", "1|234|567| |12|a")]
    [InlineData("gemma4", "a b\n\n\nc", "a b|\n\n\n|c")]
    [InlineData("exaone-moe", "one two, 3", "one two|,| |3")]
    public void Words_OfKnownTexts_AreAsExpected(string name, string text, string expected)
    {
        Assert.Equal(expected.Split('|'), Words(name, text));
    }

    [Theory]
    [InlineData("\U00010400\U00010401 \U0001F600\U0001F600", "\U00010400\U00010401| \U0001F600\U0001F600")]
    [InlineData("a\U00020000b", "a\U00020000b")]
    [InlineData("\U0001D7D8\U0001D7D9", "\U0001D7D8\U0001D7D9")]
    public void Words_BeyondTheBasicPlane_HaveTheirOwnClasses(string text, string expected)
    {
        // Deseret letters, emoji, an ideograph among letters, mathematical digits.
        Assert.Equal(expected.Split('|'), Words("gpt-2", text));
    }

    [Theory]
    [InlineData(0x1C89)]
    [InlineData(0x10D4A)]
    [InlineData(0x1CCF0)]
    [InlineData(0x0378)]
    public void Class_OfWhatUnicode15DoesNotKnow_IsOther(int codePoint)
    {
        Assert.Equal(CharacterClass.Other, CharacterClasses.Of(codePoint));
    }

    [Theory]
    [InlineData('~', (int)CharacterClass.Other)]
    [InlineData('+', (int)CharacterClass.Symbol)]
    [InlineData('_', (int)CharacterClass.Punctuation)]
    [InlineData(0x85, (int)CharacterClass.WhiteSpace)]
    [InlineData(0x200B, (int)CharacterClass.Other)]
    [InlineData(0x1E900, (int)CharacterClass.Letter)]
    [InlineData(0xE0100, (int)CharacterClass.Mark)]
    [InlineData(0x2167, (int)CharacterClass.Number)]
    public void Class_OfACharacter_IsItsCategory(int codePoint, int expected)
    {
        Assert.Equal((CharacterClass)expected, CharacterClasses.Of(codePoint));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("Qwen2")]
    [InlineData("stablelm")]
    public async Task Name_Unknown_IsRefusedByName(string name)
    {
        InferenceException e = await Assert.ThrowsAsync<InferenceException>(() => TinyVocabulary.BytePair(name).CreateAsync());

        Assert.Equal(InferenceError.UnsupportedTokenizer, e.Error);
        Assert.Contains($"'{name}'", e.Message);
    }

    [Fact]
    public void Words_OfLongUniformTexts_AreFound()
    {
        const int length = 1 << 16;
        string[] texts = [new(' ', length), new string(' ', length) + "a", new('\n', length), new('A', length), new('1', length), new('~', length), new('\u0301', length)];
        foreach (string name in new[] { "gpt-2", "llama-bpe", "tekken", "deepseek-llm", "deepseek-v3", "jais-2", "tiny_aya", "superbpe", "afmoe", "kimi-k2", "exaone-moe", "youtu", "bloom" })
            foreach (string text in texts) Assert.NotEmpty(Words(name, text));
    }

    private static List<string> Words(string name, string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        int[] values = new int[utf8.Length];
        CharacterClass[] classes = new CharacterClass[utf8.Length];
        int count = CodePointReader.Read(utf8, values, classes);
        List<int> ends = [], spare = [];
        PreTokenizers.Named(name).Divide(new CodePoints(values.AsSpan(0, count), classes.AsSpan(0, count)), ref ends, ref spare);
        List<string> words = [];
        int start = 0;
        foreach (int end in ends)
        {
            words.Add(string.Concat(values[start..end].Select(char.ConvertFromUtf32)));
            start = end;
        }

        Assert.Equal(text, string.Concat(words));
        return words;
    }

    /// <summary>Matches of the first expression and what lies between, each divided by the second, and so on.</summary>
    private static List<string> Divided(Regex[] regexes, string text)
    {
        List<string> pieces = [text];
        foreach (Regex regex in regexes)
        {
            List<string> divided = [];
            foreach (string piece in pieces)
            {
                int done = 0;
                foreach (Match match in regex.Matches(piece).Cast<Match>())
                {
                    if (match.Index > done) divided.Add(piece[done..match.Index]);
                    if (match.Length > 0) divided.Add(match.Value);
                    done = match.Index + match.Length;
                }

                if (done < piece.Length) divided.Add(piece[done..]);
            }

            pieces = divided;
        }

        return pieces;
    }

    private static string RandomText(Random random)
    {
        string[] parts =
        [
            " ", "  ", "     ", "\n", "\r\n", "\t", "'s", "'S", "'ll", "'RE", "'d", "1", "12", "1234567", "a1", "12a", "12_", "٣٤", "½", "é", "É", "e\u0301", "\u0301", "न", "स्ते", "ក", "中文",
            "カナ", "한국", "ㄅ", "~", "!~!", "!!", "…", "。", ",", "//", "\\", "_", "(", "$", "<", "|", "]", "\"", "A", "ABc", "aB", "ÀB", "É", "ß", "ſ", "ǅ", "ʰ", "ª", "\u00a0", "\u2003",
            "\u3000", "\u0085", "\u200b", "\ufeff", "\0", "\u001f", "\u0378", "\ue000", "€", "+", "^", "`", "<sentinel:12>", "IMGIMGABZ", "IMGIMGZ", "۔", "x", "the",
        ];
        StringBuilder text = new();
        for (int i = random.Next(1, 16); i > 0; i--) text.Append(random.Next(8) == 0 ? $"{(char)random.Next(32, 127)}" : parts[random.Next(parts.Length)]);
        return text.ToString();
    }
}
