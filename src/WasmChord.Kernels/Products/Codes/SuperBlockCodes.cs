namespace WasmChord.Kernels;

/// <summary>
/// 256 weights of one super-block taken apart: weight i is D · Scales[i / 16] · Codes[i] − DMin · Mins[i / 16], where a
/// format with shifts adds Shifts[i] / 8 to the code. Codes,
/// scales and mins are the format's own integers, so that products with <see cref="BlockQ8_K"/> add up exactly. A code
/// times its scale fits 16 bits in every format: the largest is 127 · 32 or 32 · 128.
/// </summary>
internal unsafe struct SuperBlockCodes
{
    /// <summary>Signed codes in the order of the values.</summary>
    public fixed sbyte Codes[256];

    /// <summary>Shifts of the codes by an eighth, ±1; written by formats that have them, and only by those.</summary>
    public fixed sbyte Shifts[256];

    /// <summary>Integer scale of each sixteen codes.</summary>
    public fixed short Scales[16];

    /// <summary>Integer min of each sixteen codes; written by formats that have them, and only by those.</summary>
    public fixed short Mins[16];

    /// <summary>What the integer products are multiplied by.</summary>
    public float D;

    /// <summary>What the mins are multiplied by; written with <see cref="Mins"/>.</summary>
    public float DMin;
}
