namespace WasmChord.Kernels;

/// <summary>Ternary codebook super-blocks: see <see cref="BlockIQ1_S"/>.</summary>
internal static unsafe partial class IQ1_S
{
    internal static void DequantizeScalar(byte* source, float* destination, long blockCount)
    {
        var block = (BlockIQ1_S*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            float d = Float16.ToSingle(block->D);
            for (int i = 0; i < 32; i++)
            {
                int word = block->Qh[i >> 2];
                float step = d * (2 * ((word >> 12) & 7) + 1);
                int index = block->Qs[i] | ((word >> (3 * (i & 3))) & 7) << 8;
                Codebooks.Shift8(Codebooks.IQ1 + 8 * index, (word & 0x8000) != 0, step, destination + 8 * i);
            }
        }
    }
}
