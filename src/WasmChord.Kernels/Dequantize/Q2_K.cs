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
            for (int part = 0; part < 16; part++)
            {
                byte scale = block->Scales[part];
                float step = d * (scale & 15), min = dMin * (scale >> 4);
                for (int i = 16 * part; i < 16 * part + 16; i++)
                {
                    int code = (block->Qs[(i >> 7) * 32 + (i & 31)] >> (2 * ((i >> 5) & 3))) & 3;
                    destination[i] = step * code - min;
                }
            }
        }
    }
}
