using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class Q8_KQuantizer
{
    /// <summary>
    /// As <see cref="FromFloatScalar"/>, eight values a vector. A code depends on its value and the factor only, the
    /// factor on an integer maximum and the first value that has it, and the sums are of integers: no order of
    /// operations can show. Products lie within ±127.00002, so packing never saturates.
    /// </summary>
    public static void FromFloatVector256(float* source, byte* destination, long blockCount)
    {
        for (; blockCount > 0; blockCount--, source += BlockSize, destination += TypeSize)
        {
            int magnitude = AbsoluteMaximum.Vector256Bits(source, BlockSize);
            if (TryScale(magnitude, source, destination, out float scale))
                StoreCodes(source, scale, (sbyte*)destination + CodesOffset, (short*)(destination + SumsOffset));
        }
    }

    private static void StoreCodes(float* source, float scale, sbyte* codes, short* sums)
    {
        Vector256<float> factor = Vector256.Create(scale);
        for (int i = 0; i < BlockSize; i += 2 * SumGroup)
        {
            Vector256<int> a = Code(source + i, factor), b = Code(source + i + 8, factor);
            Vector256<int> c = Code(source + i + 16, factor), d = Code(source + i + 24, factor);
            LevelBytes.StoreSigned(a, b, c, d, codes + i);
            sums[i / SumGroup] = Sum(a + b);
            sums[(i / SumGroup) + 1] = Sum(c + d);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Code(float* source, Vector256<float> factor) =>
        Vector256.Min(NearestInteger.Of(Vector256.Load(source) * factor), Vector256.Create(127));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static short Sum(Vector256<int> v)
    {
        Vector128<int> half = v.GetLower() + v.GetUpper();
        half += Vector128.Shuffle(half, Vector128.Create(2, 3, 0, 1));
        return (short)(half.ToScalar() + half.GetElement(1));
    }
}
