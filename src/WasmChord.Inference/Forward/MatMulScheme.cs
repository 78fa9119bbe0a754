namespace WasmChord.Inference;

/// <summary>How weights are multiplied.</summary>
public enum MatMulScheme
{
    /// <summary>Activations are encoded in the type that fits the weights, block by block, and multiplied as integers.</summary>
    Integer,

    /// <summary>Weights are dequantized and multiplied by float activations.</summary>
    Float,
}
