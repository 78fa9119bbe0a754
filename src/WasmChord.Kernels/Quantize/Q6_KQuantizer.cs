using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>
/// Writes <see cref="GgmlType.Q6_K"/>: 256 values in 210 bytes: low nibbles of the codes at 0, their upper two bits at
/// 128, sixteen signed group scales at 192, d (half) at 208. Of each run of 128 values, four quarters a b c d of 32: 64
/// bytes of nibbles (a below c, then b below d) and 32 bytes of upper bits (a in bits 0–1, b, c, d above). Value = d ×
/// scale × (code − 32). A super-block without a group scale above 1e-15 is stored as zeros. Source: ggml's
/// <c>quantize_row_q6_K_ref</c>.
/// </summary>
internal static unsafe class Q6_KQuantizer
{
    private const int TypeSize = 210;
    private const int HighBitsOffset = 128;
    private const int ScalesOffset = 192;
    private const int DOffset = 208;
    private const int GroupSize = SymmetricScaleSearch.GroupSize;
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

            SymmetricScaleSearch.Run(source, scales, levels, lanes);
            float extreme = SuperBlock.Extreme(scales, GroupCount);
            if (MathF.Abs(extreme) < SuperBlock.SmallestGroupMaximum)
            {
                Unsafe.InitBlockUnaligned(destination, 0, TypeSize);
                continue;
            }

            StoreScales(source, scales, extreme, destination, levels, lanes);
            for (int run = 0; run < 2; run++)
                Pack(levels + (128 * run), destination + (64 * run), destination + HighBitsOffset + (32 * run));
        }
    }

    private static void StoreScales(float* x, float* scales, float extreme, byte* block, byte* levels, bool lanes)
    {
        float inverse = -128f / extreme;
        ushort half = Float16.BitsFromSingle(1f / inverse);
        *(ushort*)(block + DOffset) = half;
        float d = Float16.ToSingle(half);
        for (int g = 0; g < GroupCount; g++)
        {
            sbyte stored = (sbyte)Math.Min(127, NearestInteger.Of(inverse * scales[g]));
            ((sbyte*)block)[ScalesOffset + g] = stored;
            float scale = d * stored;
            if (scale == 0f) continue;
            int at = g * GroupSize, offset = SymmetricScaleSearch.Offset;
            SuperBlock.AssignLevels(x + at, GroupSize, scale, 0f, offset - 1, offset, levels + at, lanes);
        }
    }

    private static void Pack(byte* levels, byte* nibbles, byte* highBits)
    {
        Vector256<byte> a = Vector256.Load(levels), b = Vector256.Load(levels + 32);
        Vector256<byte> c = Vector256.Load(levels + 64), d = Vector256.Load(levels + 96);
        LevelBytes.PackNibbles32(a, c, nibbles);
        LevelBytes.PackNibbles32(b, d, nibbles + 32);
        LevelBytes.PackPairs32(
            LevelBytes.UpperBits(levels, 4), LevelBytes.UpperBits(levels + 32, 4),
            LevelBytes.UpperBits(levels + 64, 4), LevelBytes.UpperBits(levels + 96, 4), highBits);
    }
}
