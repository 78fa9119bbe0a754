namespace WasmChord.Kernels;

/// <summary>Two-bit codebook super-blocks: see <see cref="BlockIQ2_S"/>.</summary>
internal static unsafe partial class IQ2_S
{
    internal static void DequantizeScalar(byte* source, float* destination, long blockCount)
    {
        var block = (BlockIQ2_S*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            float d = Float16.ToSingle(block->D);
            byte* signs = block->Qs + 32;
            for (int i = 0; i < 32; i++)
            {
                int scale = (block->Scales[i >> 2] >> (4 * ((i >> 1) & 1))) & 15;
                float step = d * (0.5f + scale) * 0.25f;
                int index = block->Qs[i] | ((block->Qh[i >> 2] >> (2 * (i & 3))) & 3) << 8;
                Codebooks.Scale8(Codebooks.IQ2_S + 8 * index, signs[i], step, destination + 8 * i);
            }
        }
    }
}
