namespace WasmChord.Memory64;

/// <summary>In which form a model's weights are kept in memory.</summary>
public enum ResidencyFormat
{
    /// <summary>The file's own bytes, quantized as they are.</summary>
    Raw,

    /// <summary>Dequantized to little-endian 32-bit floats.</summary>
    F32,

    /// <summary>Dequantized to 16-bit floats, rounded to nearest even.</summary>
    F16,
}
