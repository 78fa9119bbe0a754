namespace WasmChord.Kernels;

/// <summary>Two-bit super-blocks: see <see cref="BlockQ2_K"/>.</summary>
internal static unsafe partial class Q2_K
{
    internal static void DequantizeScalar(byte* source, float* destination, long blockCount)
    {
        var block = (BlockQ2_K*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            float d = Float16.ToSingle(block->D), dMin = Float16.ToSingle(block->DMin);
            for (int i = 0; i < 256; i++)
            {
                byte scale = block->Scales[i >> 4];
                float step = d * (scale & 15), min = dMin * (scale >> 4);
                int code = (block->Qs[(i >> 7) * 32 + (i & 31)] >> (2 * ((i >> 5) & 3))) & 3;
                destination[i] = step * code - min;
            }
        }
    }
}
