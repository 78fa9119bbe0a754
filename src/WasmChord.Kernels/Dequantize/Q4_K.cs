namespace WasmChord.Kernels;

/// <summary>Four-bit super-blocks: see <see cref="BlockQ4_K"/>.</summary>
internal static unsafe partial class Q4_K
{
    /// <summary>
    /// The scale of one block of 32. Blocks 0–3 have theirs in bits 0–5 of bytes 0–3; of blocks 4–7 the low four
    /// bits are the low nibbles of bytes 8–11, the upper two the spare bits of bytes 0–3.
    /// </summary>
    internal static int Scale(byte* scales, int index) => index < 4
        ? scales[index] & 63
        : (scales[index + 4] & 15) | (scales[index - 4] >> 6) << 4;

    /// <summary>The min of one block of 32: as the scale, from bytes 4–7 and the high nibbles of bytes 8–11.</summary>
    internal static int Min(byte* scales, int index) => index < 4
        ? scales[index + 4] & 63
        : (scales[index + 4] >> 4) | (scales[index] >> 6) << 4;

    internal static void DequantizeScalar(byte* source, float* destination, long blockCount)
    {
        var block = (BlockQ4_K*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            float d = Float16.ToSingle(block->D), dMin = Float16.ToSingle(block->DMin);
            for (int part = 0; part < 8; part++)
            {
                float step = d * Scale(block->Scales, part), min = dMin * Min(block->Scales, part);
                for (int i = 32 * part; i < 32 * part + 32; i++)
                {
                    int code = (block->Qs[(i >> 6) * 32 + (i & 31)] >> (4 * (part & 1))) & 15;
                    destination[i] = step * code - min;
                }
            }
        }
    }
}
