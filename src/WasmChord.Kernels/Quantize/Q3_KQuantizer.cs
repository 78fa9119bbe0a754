using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>
/// Writes <see cref="GgmlType.Q3_K"/>: 256 values in 110 bytes: third bits of the codes at 0 (byte j, bit g: value
/// 32g + j), their lower two bits at 32, laid out as in <see cref="GgmlType.Q2_K"/>, sixteen six-bit group scales in
/// twelve bytes at 96, d (half) at 108. Scale g lies with its low nibble in byte g mod 8 (low nibble for g below 8) and
/// its upper two bits in byte 8 + g mod 4, bits 2(g / 4). Value = d × (scale − 32) × (code − 4). Source: ggml's
/// <c>quantize_row_q3_K_ref</c>.
/// </summary>
internal static unsafe class Q3_KQuantizer
{
    private const int TypeSize = 110;
    private const int CodesOffset = 32;
    private const int ScalesOffset = 96;
    private const int ScaleBytes = 12;
    private const int DOffset = 108;
    private const int GroupSize = DescentScaleSearch.GroupSize;
    private const int GroupCount = SuperBlock.Size / GroupSize;

    [SkipLocalsInit]
    public static void FromFloat(float* source, byte* destination, long blockCount, bool lanes)
    {
        byte* levels = stackalloc byte[SuperBlock.Size];
        float* scales = stackalloc float[GroupCount];
        for (; blockCount > 0; blockCount--, source += SuperBlock.Size, destination += TypeSize)
        {
            if (!AbsoluteMaximum.IsFinite(source, SuperBlock.Size, lanes))
            {
                NotFiniteBlock.Store(destination, TypeSize, DOffset);
                continue;
            }

            DescentScaleSearch.Run(source, scales, levels, lanes);
            StoreScales(source, scales, destination, levels, lanes);
            Pack(levels, destination);
        }
    }

    private static void StoreScales(float* x, float* scales, byte* block, byte* levels, bool lanes)
    {
        byte* packed = block + ScalesOffset;
        Unsafe.InitBlockUnaligned(packed, 0, ScaleBytes);
        *(ushort*)(block + DOffset) = 0;
        float extreme = SuperBlock.Extreme(scales, GroupCount);
        if (extreme == 0f) return;

        float inverse = -32f / extreme;
        ushort half = Float16.BitsFromSingle(1f / inverse);
        *(ushort*)(block + DOffset) = half;
        float d = Float16.ToSingle(half);
        for (int g = 0; g < GroupCount; g++)
        {
            int stored = Math.Clamp(NearestInteger.Of(inverse * scales[g]), -32, 31);
            int code = stored + 32;
            packed[g % 8] |= (byte)((code & 0x0F) << (g < 8 ? 0 : 4));
            packed[8 + (g % 4)] |= (byte)(code >> 4 << (2 * (g / 4)));

            float scale = d * stored;
            if (scale == 0f) continue;
            int at = g * GroupSize, offset = DescentScaleSearch.Offset;
            SuperBlock.AssignLevels(x + at, GroupSize, scale, 0f, offset - 1, offset, levels + at, lanes);
        }
    }

    private static void Pack(byte* levels, byte* block)
    {
        Vector256<byte> lowBits = Vector256.Create((byte)3);
        Vector256<ushort> highBits = Vector256<ushort>.Zero;
        for (int group = 0; group < 8; group++)
            highBits |= LevelBytes.UpperBits(levels + (32 * group), 2).AsUInt16() << group;
        highBits.AsByte().Store(block);

        for (int run = 0; run < 2; run++)
        {
            byte* of = levels + (128 * run);
            LevelBytes.PackPairs32(
                Vector256.Load(of) & lowBits, Vector256.Load(of + 32) & lowBits,
                Vector256.Load(of + 64) & lowBits, Vector256.Load(of + 96) & lowBits,
                block + CodesOffset + (32 * run));
        }
    }
}
