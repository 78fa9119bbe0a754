namespace WasmChord.Memory64;

/// <summary>The type of a parameter, a result or a global; references are told apart only as far as hosts need it.</summary>
public enum GuestValueType
{
    /// <summary>A 32-bit integer.</summary>
    I32,

    /// <summary>A 64-bit integer.</summary>
    I64,

    /// <summary>A 32-bit float.</summary>
    F32,

    /// <summary>A 64-bit float.</summary>
    F64,

    /// <summary>A vector of 128 bits.</summary>
    V128,

    /// <summary>A nullable reference to any function.</summary>
    FunctionReference,

    /// <summary>A nullable reference to a value of the host.</summary>
    ExternalReference,

    /// <summary>Any other reference: typed, not nullable, or to an exception.</summary>
    OtherReference,
}
