namespace WasmChord.Kernels;

/// <summary>Three-bit super-blocks: see <see cref="BlockQ3_K"/>.</summary>
internal static unsafe partial class Q3_K
{
    /// <summary>
    /// The signed scale of one block of 16: its low four bits are nibble <c>index</c> of bytes 0–7 (low nibbles
    /// first), its upper two bits are pair <c>index / 4</c> of byte <c>8 + index % 4</c>.
    /// </summary>
    internal static int Scale(byte* scales, int index)
    {
        int low = (scales[index & 7] >> (index < 8 ? 0 : 4)) & 15;
        int high = (scales[8 + (index & 3)] >> (2 * (index >> 2))) & 3;
        return (low | high << 4) - 32;
    }

    internal static void DequantizeScalar(byte* source, float* destination, long blockCount)
    {
        var block = (BlockQ3_K*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            float d = Float16.ToSingle(block->D);
            for (int part = 0; part < 16; part++)
            {
                float step = d * Scale(block->Scales, part);
                for (int i = 16 * part; i < 16 * part + 16; i++)
                {
                    int code = (block->Qs[(i >> 7) * 32 + (i & 31)] >> (2 * ((i >> 5) & 3))) & 3;
                    int third = (block->HMask[i & 31] >> (i >> 5)) & 1;
                    destination[i] = step * (code + 4 * third - 4);
                }
            }
        }
    }
}
