using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

internal static unsafe partial class Q8_KQuantizer
{
    /// <summary>As <see cref="FromFloatVector256"/>, sixteen values a vector: one vector is one sum.</summary>
    public static void FromFloatVector512(float* source, byte* destination, long blockCount)
    {
        for (; blockCount > 0; blockCount--, source += BlockSize, destination += TypeSize)
        {
            int magnitude = AbsoluteMaximum.Vector512Bits(source, BlockSize);
            if (!TryScale(magnitude, source, destination, out float scale)) continue;

            sbyte* codes = (sbyte*)destination + CodesOffset;
            short* sums = (short*)(destination + SumsOffset);
            Vector512<float> factor = Vector512.Create(scale);
            Vector512<int> top = Vector512.Create(127);
            for (int i = 0; i < BlockSize; i += SumGroup)
            {
                Vector512<int> code = Vector512.Min(NearestInteger.Of(Vector512.Load(source + i) * factor), top);
                LevelBytes.StoreSigned(code, codes + i);
                sums[i / SumGroup] = (short)Vector512.Sum(code);
            }
        }
    }
}
