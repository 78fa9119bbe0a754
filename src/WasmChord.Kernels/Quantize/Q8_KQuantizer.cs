using System.Runtime.CompilerServices;
using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>
/// Writes <see cref="GgmlType.Q8_K"/>, the format of activations that meet K-quant weights: 256 values in 292 bytes:
/// scale d (float) at 0, 256 signed codes at 4, sixteen 16-bit sums of sixteen codes each at 260. Value = d × code; d
/// maps the value of largest magnitude to −127; ties round to even. A block of zeros has zero sums (ggml leaves them
/// unset). Source: ggml's <c>quantize_row_q8_K_ref</c>.
/// </summary>
internal static unsafe partial class Q8_KQuantizer
{
    private const int BlockSize = 256;
    private const int TypeSize = 292;
    private const int CodesOffset = 4;
    private const int SumsOffset = CodesOffset + BlockSize;
    private const int SumGroup = 16;

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
        for (; blockCount > 0; blockCount--, source += BlockSize, destination += TypeSize)
        {
            int magnitude = AbsoluteMaximum.ScalarBits(source, BlockSize);
            if (!TryScale(magnitude, source, destination, out float scale)) continue;

            sbyte* codes = (sbyte*)destination + CodesOffset;
            short* sums = (short*)(destination + SumsOffset);
            for (int i = 0; i < BlockSize; i++) codes[i] = (sbyte)Math.Min(127, NearestInteger.Of(scale * source[i]));
            for (int group = 0; group < BlockSize / SumGroup; group++)
            {
                int sum = 0;
                for (int i = 0; i < SumGroup; i++) sum += codes[(group * SumGroup) + i];
                sums[group] = (short)sum;
            }
        }
    }

    /// <summary>
    /// Stores d and finds the factor, −127 over the value of largest magnitude. Where that is zero or not finite, or
    /// the factor would overflow, stores the whole block instead and returns false.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryScale(int magnitude, float* source, byte* block, out float scale)
    {
        bool isFinite = magnitude < AbsoluteMaximum.NotFinite;
        scale = isFinite ? -127f / AbsoluteMaximum.FirstWith(magnitude, source) : float.NaN;
        if (float.IsFinite(scale))
        {
            *(float*)block = 1f / scale;
            return true;
        }

        Unsafe.InitBlockUnaligned(block, 0, TypeSize);
        if (!isFinite) *(float*)block = NotFiniteBlock.SingleScale;
        return false;
    }
}
