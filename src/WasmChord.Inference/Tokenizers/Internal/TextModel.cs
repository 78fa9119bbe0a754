namespace WasmChord.Inference;

/// <summary>Turns text without special tokens into tokens, by the rules of one kind of vocabulary. Immutable.</summary>
internal abstract class TextModel
{
    /// <summary>Memory of its tables, without the vocabulary.</summary>
    internal abstract long ApproximateBytes { get; }

    /// <summary>An encoder for one text, with the memory that encoding needs.</summary>
    internal abstract TextEncoder CreateEncoder();
}
