using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>
/// Writes <see cref="GgmlType.Q4_K"/>: 256 values in 144 bytes: the head of <see cref="SixBitScales"/>, then at 16 the
/// codes, each run of 64 values in 32 bytes, value j of the run in a low nibble and value j + 32 in the high one.
/// Value = d × scale × code − dmin × min. Source: ggml's <c>quantize_row_q4_K_ref</c>.
/// </summary>
internal static unsafe class Q4_KQuantizer
{
    private const int TypeSize = 144;
    private const int CodesOffset = 16;
    private const int LargestLevel = 15;

    private static readonly AffineScaleSearch s_search =
        new(SixBitScales.GroupSize, LargestLevel, -1f, 20, absolute: false);

    [SkipLocalsInit]
    public static void FromFloat(float* source, byte* destination, long blockCount, bool lanes)
    {
        byte* levels = stackalloc byte[SuperBlock.Size];
        float* scales = stackalloc float[SuperBlock.MostGroups];
        float* mins = stackalloc float[SuperBlock.MostGroups];
        for (; blockCount > 0; blockCount--, source += SuperBlock.Size, destination += TypeSize)
        {
            if (!AbsoluteMaximum.IsFinite(source, SuperBlock.Size, lanes))
            {
                NotFiniteBlock.Store(destination, TypeSize, scaleOffset: 0);
                continue;
            }

            s_search.Run(source, scales, mins, levels, lanes);
            SixBitScales.Store(source, scales, mins, LargestLevel, destination, levels, lanes);
            for (int run = 0; run < 4; run++)
            {
                byte* of = levels + (64 * run);
                LevelBytes.PackNibbles32(
                    Vector256.Load(of), Vector256.Load(of + 32), destination + CodesOffset + (32 * run));
            }
        }
    }
}
