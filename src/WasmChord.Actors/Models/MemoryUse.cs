namespace WasmChord.Actors;

/// <summary>What a model's budget is spent on besides weights and the buffers that load them.</summary>
public enum MemoryUse
{
    /// <summary>Small tensors and tables that stay as long as the model generates: norms, biases, the tokenizer.</summary>
    Constants,

    /// <summary>Activations and logits of one wave.</summary>
    Scratch,

    /// <summary>Keys and values of sequences.</summary>
    KvCache,
}
