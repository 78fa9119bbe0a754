namespace WasmChord.Kernels;

/// <summary>
/// Up to 256 weights of a format with float scales taken apart: weight i is Scales[i / run] · Codes[i] + Mins[i / 32],
/// where the run is 32 values, or 16 (<see cref="ISmallBlockCodes.RunLength"/>). Products with
/// <see cref="BlockQ8_0"/> and <see cref="BlockQ8_1"/> add the integers of a run exactly.
/// </summary>
internal unsafe struct SmallBlockCodes
{
    /// <summary>Signed codes in the order of the values.</summary>
    public fixed sbyte Codes[256];

    /// <summary>Scale of each run.</summary>
    public fixed float Scales[16];

    /// <summary>Min of each thirty-two values; written by formats that have them, and only by those.</summary>
    public fixed float Mins[8];
}
