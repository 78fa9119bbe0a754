using System.Runtime.Intrinsics;
using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>
/// Writes <see cref="GgmlType.Q8_0"/>: 32 values in 34 bytes: scale d (half) at 0, 32 signed codes at 2. Value = d × code.
/// Codes are taken with d in full precision, before it is rounded to a half. Source: ggml's
/// <c>quantize_row_q8_0_ref</c>.
/// </summary>
internal static unsafe class Q8_0Quantizer
{
    private const int TypeSize = 34;

    public static void FromFloat(float* source, byte* destination, long blockCount)
    {
        if (Vector512.IsHardwareAccelerated) FromFloatVector512(source, destination, blockCount);
        else if (Vector256.IsHardwareAccelerated) FromFloatVector256(source, destination, blockCount);
        else FromFloatScalar(source, destination, blockCount);
    }

    public static void FromFloatScalar(float* source, byte* destination, long blockCount)
    {
        for (; blockCount > 0; blockCount--, source += SignedCodes.BlockSize, destination += TypeSize)
            *(ushort*)destination = HalfBits.FromSingle(SignedCodes.OfScalar(source, (sbyte*)destination + 2));
    }

    public static void FromFloatVector256(float* source, byte* destination, long blockCount)
    {
        for (; blockCount > 0; blockCount--, source += SignedCodes.BlockSize, destination += TypeSize)
            *(ushort*)destination = HalfBits.FromSingle(SignedCodes.OfVector256(source, (sbyte*)destination + 2));
    }

    public static void FromFloatVector512(float* source, byte* destination, long blockCount)
    {
        for (; blockCount > 0; blockCount--, source += SignedCodes.BlockSize, destination += TypeSize)
            *(ushort*)destination = HalfBits.FromSingle(SignedCodes.OfVector512(source, (sbyte*)destination + 2));
    }
}
