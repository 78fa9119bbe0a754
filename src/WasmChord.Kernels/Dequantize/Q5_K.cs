namespace WasmChord.Kernels;

/// <summary>Five-bit super-blocks: see <see cref="BlockQ5_K"/>. Scales and mins as in <see cref="Q4_K"/>.</summary>
internal static unsafe partial class Q5_K
{
    internal static void DequantizeScalar(byte* source, float* destination, long blockCount)
    {
        var block = (BlockQ5_K*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            float d = Float16.ToSingle(block->D), dMin = Float16.ToSingle(block->DMin);
            for (int part = 0; part < 8; part++)
            {
                float step = d * Q4_K.Scale(block->Scales, part), min = dMin * Q4_K.Min(block->Scales, part);
                for (int i = 32 * part; i < 32 * part + 32; i++)
                {
                    int code = (block->Qs[(i >> 6) * 32 + (i & 31)] >> (4 * (part & 1))) & 15;
                    int fifth = (block->Qh[i & 31] >> part) & 1;
                    destination[i] = step * (code + 16 * fifth) - min;
                }
            }
        }
    }
}
