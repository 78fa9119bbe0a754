namespace WasmChord.Kernels;

/// <summary>Five-bit super-blocks: see <see cref="BlockQ5_K"/>. Scales and mins are packed as in <see cref="Q4_K"/>.</summary>
internal static unsafe partial class Q5_K
{
    internal static void DequantizeScalar(byte* source, float* destination, long blockCount)
    {
        var block = (BlockQ5_K*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            float d = Float16.ToSingle(block->D), dMin = Float16.ToSingle(block->DMin);
            for (int i = 0; i < 256; i++)
            {
                float step = d * Q4_K.Scale(block->Scales, i >> 5), min = dMin * Q4_K.Min(block->Scales, i >> 5);
                int code = (block->Qs[(i >> 6) * 32 + (i & 31)] >> (4 * ((i >> 5) & 1))) & 15;
                int fifth = (block->Qh[i & 31] >> (i >> 5)) & 1;
                destination[i] = step * (code + 16 * fifth) - min;
            }
        }
    }
}
