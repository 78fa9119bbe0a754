namespace WasmChord.Inference;

/// <summary>
/// The pre-tokenizers by the names that <c>tokenizer.ggml.pre</c> has in the field. Which name means which expressions is
/// a fact of the vocabularies; source: <c>llama-vocab.cpp</c> of llama.cpp, and the <c>tokenizer.json</c> that it cites.
/// </summary>
internal static class PreTokenizers
{
    /// <summary>The pre-tokenizer of a name; that of <c>default</c> where there is no name.</summary>
    /// <exception cref="InferenceException">The name is not known.</exception>
    internal static PreTokenizer Named(string? name) => name switch
    {
        null or "" or "default" => new(Signs("$+<=>^|~"), new Gpt2Words(), Digits(int.MaxValue), ThreeDigits()) { CleansSpaces = true },
        "llama3" or "llama-v3" or "llama-bpe" or "falcon3" or "falcon-h1" or "pixtral" or "midm-2.0" or "lfm2" or "jina-v5-nano"
            => new(new LineWords()) { CleansSpaces = true, IgnoresMerges = true, AddsBegin = true },
        "dbrx" or "smaug-bpe" => new(new LineWords()) { CleansSpaces = true },
        "glm4" or "chatglm-bpe" => new(new LineWords()) { CleansSpaces = true, HasBegin = false },
        "jais-2" => new(new CascadingSpaces()) { CleansSpaces = true },
        "minicpm5" => new(Digits(3), new LineWords { MaxDigits = int.MaxValue }) { CleansSpaces = true, IgnoresMerges = true },
        "qwen2" or "deepseek-r1-qwen" or "kormo" or "f2llmv2" or "hunyuan" or "grok-2" or "solar-open"
            => new(new LineWords { MaxDigits = 1 }),
        "megrez" or "stablelm2" => new(new LineWords { MaxDigits = 1 }) { CleansSpaces = true },
        "qwen35" => new(new LineWords { MaxDigits = 1, TakesMarks = true }),
        "ufakzeka" => new(new LineWords { MaxDigits = 1, DividesContractions = false }),
        "bailingmoe" or "bailingmoe2" or "llada-moe" => new(new LineWords { MaxDigits = 1 }),
        "seed-coder" => new(new LineWords { MaxDigits = 1, MaxLineEnds = 0 }),
        "laguna" => new(new LinePattern(), new LineWords { MaxDigits = 1 }),
        "exaone-moe" => new(new LineWords { MaxDigits = 1, JoinsWords = true, MaxLineEnds = 1, TakesSlash = true }) { CleansSpaces = true },
        "gpt-2" or "phi-2" or "jina-es" or "jina-de" or "jina-v1-en" or "jina-v2-es" or "jina-v2-de" or "jina-v2-code" or "gigachat"
            or "roberta-bpe" or "a.x-4.0" or "mellum" or "modern-bert" or "exaone4" or "mpt" or "olmo" or "jais"
            => new(new Gpt2Words()) { CleansSpaces = true },
        "trillion" or "granite-docling" => new(new Gpt2Words()),
        "starcoder" or "refact" or "codeshell" or "exaone" or "minerva-7b" or "mellum2" => new(Digits(1), new Gpt2Words()) { CleansSpaces = true },
        "command-r" or "smollm" => new(Digits(1), new Gpt2Words()),
        "falcon" => new(Signs("$+<=>^`|~"), new Gpt2Words(), ThreeDigits()) { CleansSpaces = true },
        "deepseek-llm" => DeepSeekLlm(),
        "deepseek-coder" => DeepSeekCoder(),
        "deepseek-v3" or "hunyuan-dense" or "hy_v4" or "joyai-llm" => new(Digits(3), Runs(CharacterSet.HanAndKana), new PunctuatedWords()),
        "spark2_5" => new(Digits(3), Runs(CharacterSet.HanAndKana), new PunctuatedWords { DividesLineEnds = true }, Digits(1)),
        "afmoe" => new(new RightDigitGroups(), Runs(EastAsianScripts), new PunctuatedWords()),
        "youtu" => new(Youtu(), new CasedWords { MaxDigits = 1, TakesContractions = true, TakesMarks = true, IgnoresCase = true }) { IgnoresMerges = true },
        "tiny_aya" or "cohere2moe" => new(new WordDigitGroups(), new CasedWords { TakesContractions = true, TakesMarks = true, IgnoresCase = true }),
        "gpt-4o" or "llama4" or "kanana2" or "talkie" or "minimax-m2" => new(new CasedWords { TakesContractions = true }),
        "granite-embed-multi-97m" => new(new CasedWords { TakesContractions = true, TakesMarks = true }) { IgnoresMerges = true },
        "tekken" => new(new CasedWords { MaxDigits = 1 }) { IgnoresMerges = true, AddsBegin = true },
        "kimi-k2" => new(new HanWords()),
        "superbpe" => new(Digits(int.MaxValue), new DigitGroups()),
        "poro-chat" => new(WordsBetweenStops()),
        "bloom" or "gpt3-finnish" => new(WordsBetweenStops()) { CleansSpaces = true },
        "viking" => new(WordsBetweenStops(), Digits(1)),
        "chameleon" => Chameleon(),
        "gemma4" or "granite-embed-multi-311m" => new(new LinePattern()) { CleansSpaces = true, IsPlainText = true, KeepsLineFeeds = true, ForcesBegin = true },
        "sarvam-moe" => new(new LinePattern()) { IsPlainText = true },
        _ => throw new InferenceException(InferenceError.UnsupportedTokenizer, $"the pre-tokenizer '{name}' of tokenizer.ggml.pre is not known"),
    };

    /// <summary>The scripts of East and South-East Asia that AFMoE sets apart, first and last of each block.</summary>
    private static CharacterSet EastAsianScripts { get; } = new(CharacterClass.None,
    [
        0x0E40, 0x0E7F, 0x0E80, 0x0EFF, 0x1000, 0x109F, 0x1100, 0x11FF, 0x1780, 0x17FF, 0x2F00, 0x2FDF, 0x3040, 0x30FF, 0x3400, 0x4DBF,
        0x4E00, 0x9FFF, 0xA9E0, 0xA9FF, 0xAA60, 0xAA7F, 0xAC00, 0xD7AF, 0xF900, 0xFAFF, 0xFF65, 0xFF9F,
    ]);

    private static SetPattern Digits(int most) => new(CharacterSet.Of(CharacterClass.Number), most: most);

    private static SetPattern ThreeDigits() => new(CharacterSet.AsciiDigits, 3, 3);

    private static SetPattern Runs(CharacterSet set) => new(set);

    /// <summary>Runs of punctuation and of some ASCII symbols.</summary>
    private static SetPattern Signs(string symbols) => new(new CharacterSet(CharacterClass.Punctuation, [.. symbols.SelectMany(c => new int[] { c, c })]));

    /// <summary><c> ?[^(\s|.,!?…。，、।۔،)]+</c></summary>
    private static SetPattern WordsBetweenStops()
    {
        const string stops = "!(),.?|\u060C\u06D4\u0964\u2026\u3001\u3002\uFF0C";
        return new SetPattern(
            new CharacterSet(CharacterClass.WhiteSpace, [.. stops.SelectMany(c => new int[] { c, c })], inverted: true), before: LeadingSpace.Space);
    }

    private static PreTokenizer DeepSeekLlm() => new(
        new SetPattern(CharacterSet.LineEnds, most: 1),
        new SetPattern(new CharacterSet(CharacterClass.None, CasedScripts), before: LeadingSpace.WhiteSpace),
        new SetPattern(
            new CharacterSet(CharacterClass.None, ['!', '/', ':', '~', 0x2018, 0x201F, 0x3000, 0x3002, 0xFF01, 0xFF0F, 0xFF1A, 0xFF5E]),
            before: LeadingSpace.WhiteSpace),
        new TrailingSpacePattern(),
        Runs(CharacterSet.EastAsian),
        Digits(int.MaxValue));

    private static PreTokenizer DeepSeekCoder() => new(
        new SetPattern(CharacterSet.LineEnds, most: 1),
        new SetPattern(CharacterSet.Of(CharacterClass.Letter), before: LeadingSpace.WhiteSpace),
        new SetPattern(CharacterSet.Of(CharacterClass.Punctuation), before: LeadingSpace.WhiteSpace),
        Runs(CharacterSet.EastAsian),
        Digits(1));

    private static PreTokenizer Chameleon() => new(
        new SentinelPattern("<sentinel:", '0', '9', int.MaxValue, '>'),
        new SentinelPattern("IMGIMG", 'A', 'I', 4, 'Z'),
        new IndentPattern(),
        Digits(1),
        new SetPattern(new CharacterSet(CharacterClass.Punctuation, ['!', '/', ':', '@', '[', '`', '{', '~']), most: 1),
        new Gpt2Words()) { AddsBegin = true };

    /// <summary>Hangul and its letters; wide punctuation; bopomofo; Han and kana.</summary>
    private static AnyRunPattern Youtu() => new(
        new CharacterSet(CharacterClass.None, [0x3131, 0x318E, 0xAC00, 0xD7A3]),
        new CharacterSet(CharacterClass.None,
            [0x2014, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026, 0x2026, 0x3001, 0x303F, 0xFE30, 0xFE4F, 0xFF01, 0xFF01, 0xFF0C, 0xFF0C, 0xFF1A, 0xFF1B]),
        new CharacterSet(CharacterClass.None, [0x3105, 0x312F]),
        CharacterSet.HanAndKana);

    /// <summary>The letters of scripts with case, which DeepSeek LLM keeps apart from all others: first and last of each range.</summary>
    private static int[] CasedScripts =>
    [
        0x41, 0x5A, 0x61, 0x7A, 0xB5, 0xB5, 0xC0, 0xD6, 0xD8, 0xF6, 0xF8, 0x1BA, 0x1BC, 0x1BF, 0x1C4, 0x293, 0x295, 0x2AF, 0x370, 0x373,
        0x376, 0x377, 0x37B, 0x37D, 0x37F, 0x37F, 0x386, 0x386, 0x388, 0x38A, 0x38C, 0x38C, 0x38E, 0x3A1, 0x3A3, 0x3F5, 0x3F7, 0x481,
        0x48A, 0x52F, 0x531, 0x556, 0x10A0, 0x10C5, 0x13A0, 0x13F5, 0x13F8, 0x13FD, 0x1C90, 0x1CBA, 0x1CBD, 0x1CBF, 0x1D00, 0x1D2B,
        0x1D6B, 0x1D77, 0x1D79, 0x1D9A, 0x1E00, 0x1F15, 0x1F18, 0x1F1D, 0x1F20, 0x1F45, 0x1F48, 0x1F4D, 0x1F50, 0x1F57, 0x1F59, 0x1F59,
        0x1F5B, 0x1F5B, 0x1F5D, 0x1F5D, 0x1F5F, 0x1F7D, 0x1F80, 0x1FB4, 0x1FB6, 0x1FBC, 0x1FBE, 0x1FBE, 0x1FC2, 0x1FC4, 0x1FC6, 0x1FCC,
        0x1FD0, 0x1FD3, 0x1FD6, 0x1FDB, 0x1FE0, 0x1FEC, 0x1FF2, 0x1FF4, 0x1FF6, 0x1FFC, 0x2102, 0x2102, 0x2107, 0x2107, 0x210A, 0x2113,
        0x2115, 0x2115, 0x2119, 0x211D, 0x2124, 0x2124, 0x2126, 0x2126, 0x2128, 0x2128, 0x212A, 0x212D, 0x212F, 0x2134, 0x2139, 0x2139,
        0x213C, 0x213F, 0x2145, 0x2149, 0x214E, 0x214E, 0x2183, 0x2184, 0x2C00, 0x2C7B, 0x2C7E, 0x2CE4, 0x2CEB, 0x2CEE, 0x2CF2, 0x2CF3,
        0xA640, 0xA66D, 0xA680, 0xA69B, 0xA722, 0xA76F, 0xA771, 0xA787, 0xA78B, 0xA78E, 0xAB70, 0xABBF, 0xFB00, 0xFB06, 0xFB13, 0xFB17,
        0xFF21, 0xFF3A, 0xFF41, 0xFF5A, 0x10400, 0x1044F, 0x104B0, 0x104D3, 0x104D8, 0x104FB, 0x10C80, 0x10CB2, 0x10CC0, 0x10CF2,
        0x118A0, 0x118DF, 0x1E900, 0x1E943,
    ];
}
