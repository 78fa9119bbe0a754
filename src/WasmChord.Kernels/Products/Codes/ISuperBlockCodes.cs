namespace WasmChord.Kernels;

/// <summary>Takes the super-blocks of one format apart, for products with <see cref="BlockQ8_K"/>.</summary>
internal unsafe interface ISuperBlockCodes
{
    /// <summary>Bytes per super-block of 256 values.</summary>
    static abstract int TypeSize { get; }

    /// <summary>Whether the format subtracts mins.</summary>
    static abstract bool HasMins { get; }

    /// <summary>The reference: one code after another.</summary>
    static abstract void UnpackScalar(byte* source, SuperBlockCodes* to);

    /// <summary>The same, sixteen codes at a time, for every width of vector.</summary>
    static abstract void Unpack(byte* source, SuperBlockCodes* to);
}
