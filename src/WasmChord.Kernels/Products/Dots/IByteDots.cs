using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Exact integer products of signed bytes, for one width of vector.</summary>
internal unsafe interface IByteDots
{
    /// <summary>
    /// 256 products of codes and an offset, their scales and activations, added to the eight lanes that
    /// <see cref="ISuperBlockCodes.AlternatesHalves"/> describes. The last two are constants.
    /// </summary>
    static abstract Vector256<int> Lanes(sbyte* codes, short* scales, sbyte* y, int offset, bool alternatesHalves);

    /// <summary>Sixteen products of words, added in neighbouring pairs: mins and the sums of activations.</summary>
    static abstract Vector256<int> Pairs(short* words, short* sums);

    /// <summary>Sum of sixteen products of bytes.</summary>
    static abstract int Sixteen(sbyte* codes, sbyte* y);

    /// <summary>Sum of thirty-two products of bytes.</summary>
    static abstract int ThirtyTwo(sbyte* codes, sbyte* y);
}
