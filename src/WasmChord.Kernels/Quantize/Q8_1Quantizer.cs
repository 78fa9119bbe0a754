using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>
/// Writes <see cref="GgmlType.Q8_1"/>, a format of activations: 32 values in 36 bytes: scale d and s (halves) at 0 and
/// 2, 32 signed codes at 4. Value = d × code; s = d × the sum of the codes, which a dot product with Q4_1 or Q5_1
/// multiplies by their minimum. Source: ggml's <c>quantize_row_q8_1_ref</c>.
/// </summary>
internal static unsafe class Q8_1Quantizer
{
    private const int TypeSize = 36;

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
            StoreScales(SignedCodes.OfScalar(source, (sbyte*)destination + 4), destination);
    }

    public static void FromFloatVector256(float* source, byte* destination, long blockCount)
    {
        for (; blockCount > 0; blockCount--, source += SignedCodes.BlockSize, destination += TypeSize)
            StoreScales(SignedCodes.OfVector256(source, (sbyte*)destination + 4), destination);
    }

    public static void FromFloatVector512(float* source, byte* destination, long blockCount)
    {
        for (; blockCount > 0; blockCount--, source += SignedCodes.BlockSize, destination += TypeSize)
            StoreScales(SignedCodes.OfVector512(source, (sbyte*)destination + 4), destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreScales(float d, byte* block)
    {
        (Vector256<short> low, Vector256<short> high) = Vector256.Widen(Vector256.Load((sbyte*)block + 4));
        *(ushort*)block = Float16.BitsFromSingle(d);
        *(ushort*)(block + 2) = Float16.BitsFromSingle(Vector256.Sum(low + high) * d);
    }
}
