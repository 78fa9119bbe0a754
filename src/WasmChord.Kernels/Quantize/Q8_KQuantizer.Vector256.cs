using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class Q8_KQuantizer
{
    /// <summary>
    /// As <see cref="FromFloatScalar"/>, eight values a vector. A code depends on its value and the factor only, the
    /// factor on an integer maximum and the first value that has it, and the sums are of integers: no order of operations
    /// can show. Products lie within ±127.00002, so packing never saturates.
    /// </summary>
    public static void FromFloatVector256(float* source, byte* destination, long blockCount)
    {
        for (; blockCount > 0; blockCount--, source += BlockSize, destination += TypeSize)
        {
            int magnitude = AbsoluteMaximum.Vector256Bits(source, BlockSize);
            if (!TryScale(magnitude, source, destination, out float scale)) continue;

            sbyte* codes = (sbyte*)destination + CodesOffset;
            short* sums = (short*)(destination + SumsOffset);
            Vector256<float> factor = Vector256.Create(scale);
            Vector256<int> top = Vector256.Create(127);
            for (int i = 0; i < BlockSize; i += 2 * SumGroup)
            {
                Vector256<int> a = Vector256.Min(NearestInteger.Of(Vector256.Load(source + i) * factor), top);
                Vector256<int> b = Vector256.Min(NearestInteger.Of(Vector256.Load(source + i + 8) * factor), top);
                Vector256<int> c = Vector256.Min(NearestInteger.Of(Vector256.Load(source + i + 16) * factor), top);
                Vector256<int> d = Vector256.Min(NearestInteger.Of(Vector256.Load(source + i + 24) * factor), top);
                LevelBytes.StoreSigned(a, b, c, d, codes + i);
                sums[i / SumGroup] = (short)Vector256.Sum(a + b);
                sums[(i / SumGroup) + 1] = (short)Vector256.Sum(c + d);
            }
        }
    }
}
