namespace WasmChord.Kernels;

/// <summary>
/// Takes blocks with float scales apart, for products with <see cref="BlockQ8_0"/>, or with <see cref="BlockQ8_1"/>
/// where there are mins. Whatever the block size, activations come in blocks of 32.
/// </summary>
internal unsafe interface ISmallBlockCodes
{
    /// <summary>Values per block: 32, 64 or 128.</summary>
    static abstract int BlockSize { get; }

    /// <summary>Bytes per block.</summary>
    static abstract int TypeSize { get; }

    /// <summary>Values that one integer sum covers: 32, or 16 where scales change within thirty-two.</summary>
    static abstract int RunLength { get; }

    /// <summary>Whether the format adds mins.</summary>
    static abstract bool HasMins { get; }

    /// <summary>
    /// The reference: takes one block apart into (BlockSize) codes, (BlockSize / RunLength) scales and, with mins,
    /// (BlockSize / 32) mins.
    /// </summary>
    static abstract void UnpackScalar(byte* source, sbyte* codes, float* scales, float* mins);

    /// <summary>The same, sixteen codes at a time, for every width of vector.</summary>
    static abstract void Unpack(byte* source, sbyte* codes, float* scales, float* mins);
}
