namespace WasmChord.Inference;

/// <summary>How text becomes tokens: what <c>tokenizer.ggml.model</c> of GGUF names.</summary>
public enum TokenizerKind
{
    /// <summary><c>llama</c>: SentencePiece's byte-pair merging by the scores of tokens, with byte tokens for the rest.</summary>
    SentencePiece,

    /// <summary><c>gpt2</c> and <c>gemma4</c>: byte-pair encoding by a list of merges, inside the words that a pre-tokenizer makes.</summary>
    BytePair,

    /// <summary><c>bert</c>: WordPiece, the longest token first, inside normalized words.</summary>
    WordPiece,
}
