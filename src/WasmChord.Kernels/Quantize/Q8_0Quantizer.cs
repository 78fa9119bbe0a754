using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>
/// Writes <see cref="GgmlType.Q8_0"/>: 32 values in 34 bytes: scale d (half) at 0, 32 signed codes at 2. Value = d ×
/// code. Codes are taken with d in full precision, before it is rounded to a half. Source: ggml's
/// <c>quantize_row_q8_0_ref</c>.
/// </summary>
internal static unsafe class Q8_0Quantizer
{
    private const int TypeSize = 34;

    public static void FromFloat(KernelPath path, float* source, byte* destination, long blockCount)
    {
        switch (path)
        {
            case KernelPath.Avx512: FromFloatVector512(source, destination, blockCount); break;
            case KernelPath.Avx2: FromFloatVector256(source, destination, blockCount); break;
            default: FromFloatScalar(source, destination, blockCount); break;
        }
    }

    public static void FromFloatScalar(float* source, byte* destination, long blockCount)
    {
        for (; blockCount > 0; blockCount--, source += SignedCodes.BlockSize, destination += TypeSize)
            *(ushort*)destination = Float16.BitsFromSingle(SignedCodes.OfScalar(source, (sbyte*)destination + 2));
    }

    public static void FromFloatVector256(float* source, byte* destination, long blockCount)
    {
        for (; blockCount > 0; blockCount--, source += SignedCodes.BlockSize, destination += TypeSize)
            *(ushort*)destination = Float16.BitsFromSingle(SignedCodes.OfVector256(source, (sbyte*)destination + 2));
    }

    public static void FromFloatVector512(float* source, byte* destination, long blockCount)
    {
        for (; blockCount > 0; blockCount--, source += SignedCodes.BlockSize, destination += TypeSize)
            *(ushort*)destination = Float16.BitsFromSingle(SignedCodes.OfVector512(source, (sbyte*)destination + 2));
    }
}
