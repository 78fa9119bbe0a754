namespace WasmChord.Kernels;

/// <summary>Exact integer products of signed bytes, for one width of vector.</summary>
internal unsafe interface IByteDots
{
    /// <summary>Sum of 256 products of codes, their scales and activations.</summary>
    static abstract int Scaled(SuperBlockCodes* codes, sbyte* y);

    /// <summary>Sum of sixteen products of words: mins and the sums of activations.</summary>
    static abstract int Words(short* mins, short* sums);

    /// <summary>Sum of sixteen products of bytes.</summary>
    static abstract int Sixteen(sbyte* codes, sbyte* y);

    /// <summary>Sum of thirty-two products of bytes.</summary>
    static abstract int ThirtyTwo(sbyte* codes, sbyte* y);
}
