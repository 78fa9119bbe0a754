using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>
/// Takes a super-block apart in registers, for the AVX2 kernel: thirty-two codes a step, in the order of the values.
/// Codes have their <see cref="ISuperBlockCodes.Offset"/> added.
/// </summary>
internal unsafe interface ISuperBlockLanes : ISuperBlockCodes
{
    /// <summary>Whether codes are signed. Otherwise they are below 128, two products of which fit a word.</summary>
    static abstract bool IsSigned { get; }

    /// <summary>What unsigned codes are too large by; it is taken off them one by one, not by way of sums.</summary>
    static virtual byte Excess => 0;

    /// <summary>Scale of the super-block, and of its mins where there are any.</summary>
    static abstract (float D, float DMin) Factors(byte* block);

    /// <summary>Sixteen scales as signed bytes, each for sixteen values.</summary>
    static abstract Vector128<sbyte> Scales(byte* block);

    /// <summary>Sixteen mins as bytes; not called where there are none.</summary>
    static abstract Vector128<sbyte> Mins(byte* block);

    /// <summary>Codes 32 · <paramref name="step"/> and on; the step is a constant at every call.</summary>
    static abstract Vector256<byte> Codes32(byte* block, int step);
}
