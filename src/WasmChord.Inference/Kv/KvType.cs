namespace WasmChord.Inference;

/// <summary>In which type keys and values are kept.</summary>
public enum KvType
{
    /// <summary>32-bit floats.</summary>
    F32,

    /// <summary>16-bit floats: the default, half of the memory.</summary>
    F16,

    /// <summary>Blocks of 32 8-bit codes: about a quarter of the memory; head dimensions must be multiples of 32.</summary>
    Q8_0,
}
