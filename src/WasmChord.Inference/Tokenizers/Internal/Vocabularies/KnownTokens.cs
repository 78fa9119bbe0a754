namespace WasmChord.Inference;

/// <summary>
/// The names by which tokens with a meaning are known where the metadata do not say. Facts of the vocabularies; source:
/// <c>llama-vocab.cpp</c> of llama.cpp. Where a vocabulary has several of a list, the first counts.
/// </summary>
internal static class KnownTokens
{
    internal static IReadOnlyList<string> EndOfTurn { get; } =
    [
        "<|eot_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<EOT>", "_<EOT>", "[EOT]", "<end_of_utterance>",
        "<\uFF5Cend\u2581of\u2581sentence\uFF5C>", "<|endoftext|>", "<|end_of_text|>",
    ];

    internal static IReadOnlyList<string> EndOfMessage { get; } = ["<|eom_id|>"];

    internal static IReadOnlyList<string> FillPrefix { get; } =
    [
        "<|fim_prefix|>", "<fim-prefix>", "<fim_prefix>", "<\uFF5Cfim\u2581begin\uFF5C>", "<PRE>", "\u2581<PRE>", "<|code_prefix|>", "<|prefix|>",
    ];

    internal static IReadOnlyList<string> FillSuffix { get; } =
    [
        "<|fim_suffix|>", "<fim-suffix>", "<fim_suffix>", "<\uFF5Cfim\u2581hole\uFF5C>", "<SUF>", "\u2581<SUF>", "<|code_suffix|>", "<|suffix|>",
    ];

    internal static IReadOnlyList<string> FillMiddle { get; } =
    [
        "<|fim_middle|>", "<fim-middle>", "<fim_middle>", "<\uFF5Cfim\u2581end\uFF5C>", "<MID>", "\u2581<MID>", "<|code_middle|>", "<|middle|>",
    ];

    internal static IReadOnlyList<string> FillPadding { get; } = ["<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]"];

    internal static IReadOnlyList<string> FillRepository { get; } = ["<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>", "<reponame>"];

    internal static IReadOnlyList<string> FillSeparator { get; } = ["<|file_sep|>"];

    /// <summary>All of these end a generation, wherever they occur.</summary>
    internal static IReadOnlyList<string> EndOfGeneration { get; } =
    [
        "<|eot_id|>", "<|im_end|>", "<|end|>", "<|return|>", "<|call|>", "<|flush|>", "<|calls|>", "<end_of_turn>", "<|endoftext|>",
        "<|eom_id|>", "<EOT>", "_<EOT>", "[EOT]", "[EOS]", "<|end_of_text|>", "<end_of_utterance>", "<eos>", "<turn|>", "<|tool_response>",
        "<\uFF5Cend\u2581of\u2581sentence\uFF5C>", "[e~[",
    ];

    /// <summary>
    /// Ends a generation too, but only where the file itself makes it a control token: in many vocabularies it is the text
    /// of an HTML tag.
    /// </summary>
    internal const string EndOfSequence = "</s>";

    /// <summary>Control tokens that are part of the text: the channels of gpt-oss.</summary>
    internal static IReadOnlyList<string> AlwaysShown { get; } = ["<|channel|>", "<|message|>", "<|start|>", "<|constrain|>"];
}
