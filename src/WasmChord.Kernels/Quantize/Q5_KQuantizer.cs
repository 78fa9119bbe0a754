using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>
/// Writes <see cref="GgmlType.Q5_K"/>: 256 values in 176 bytes: the head of <see cref="SixBitScales"/>, then at 16 the
/// fifth bits of the codes (byte j, bit g: value 32g + j), at 48 the low nibbles, each run of 64 values in 32 bytes,
/// value j of the run below value j + 32. Value = d × scale × code − dmin × min. Source: ggml's
/// <c>quantize_row_q5_K_ref</c>.
/// </summary>
internal static unsafe class Q5_KQuantizer
{
    private const int TypeSize = 176;
    private const int HighBitsOffset = 16;
    private const int CodesOffset = 48;
    private const int LargestLevel = 31;

    private static readonly AffineScaleSearch s_search =
        new(SixBitScales.GroupSize, LargestLevel, -0.5f, 15, absolute: false);

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
            Pack(levels, destination);
        }
    }

    private static void Pack(byte* levels, byte* block)
    {
        Vector256<ushort> highBits = Vector256<ushort>.Zero;
        for (int group = 0; group < 8; group += 2)
        {
            byte* of = levels + (32 * group);
            LevelBytes.PackNibbles32(Vector256.Load(of), Vector256.Load(of + 32), block + CodesOffset + (16 * group));
            highBits |= LevelBytes.UpperBits(of, 4).AsUInt16() << group;
            highBits |= LevelBytes.UpperBits(of + 32, 4).AsUInt16() << (group + 1);
        }

        highBits.AsByte().Store(block + HighBitsOffset);
    }
}
