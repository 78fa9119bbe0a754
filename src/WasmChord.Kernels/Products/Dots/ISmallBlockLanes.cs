using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>Takes a block of 32 values with a float scale apart in registers, for the AVX2 kernel.</summary>
internal unsafe interface ISmallBlockLanes : ISmallBlockCodes
{
    /// <summary>Whether codes are signed. Otherwise they are below 128, two products of which fit a word.</summary>
    static abstract bool IsSigned { get; }

    /// <summary>By how much the codes exceed the values' integers.</summary>
    static abstract int Offset { get; }

    /// <summary>The 32 codes in the order of the values.</summary>
    static abstract Vector256<byte> Codes32(byte* block);

    /// <summary>The scales of eight neighbouring blocks.</summary>
    static abstract Vector256<float> Scales8(byte* blocks);

    /// <summary>The mins of eight neighbouring blocks; not called where there are none.</summary>
    static abstract Vector256<float> Mins8(byte* blocks);
}
