namespace WasmChord.Kernels;

/// <summary>Six-bit super-blocks: see <see cref="BlockQ6_K"/>.</summary>
internal static unsafe partial class Q6_K
{
    internal static void DequantizeScalar(byte* source, float* destination, long blockCount)
    {
        var block = (BlockQ6_K*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            float d = Float16.ToSingle(block->D);
            for (int part = 0; part < 16; part++)
            {
                float step = d * block->Scales[part];
                for (int i = 16 * part; i < 16 * part + 16; i++)
                {
                    int low = (block->Ql[(i >> 7) * 64 + (i & 63)] >> (4 * ((i >> 6) & 1))) & 15;
                    int high = (block->Qh[(i >> 7) * 32 + (i & 31)] >> (2 * ((i >> 5) & 3))) & 3;
                    destination[i] = step * ((low | high << 4) - 32);
                }
            }
        }
    }
}
