namespace WasmChord.Kernels;

/// <summary>Two-bit codebook super-blocks: see <see cref="BlockIQ2_XS"/>.</summary>
internal static unsafe partial class IQ2_XS
{
    internal static void DequantizeScalar(byte* source, float* destination, long blockCount)
    {
        var block = (BlockIQ2_XS*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            float d = Float16.ToSingle(block->D);
            for (int i = 0; i < 32; i++)
            {
                int scale = (block->Scales[i >> 2] >> (4 * ((i >> 1) & 1))) & 15;
                float step = d * (0.5f + scale) * 0.25f;
                uint word = block->Qs[i];
                byte* magnitudes = Codebooks.IQ2_XS + 8 * (word & 511);
                Codebooks.Scale8(magnitudes, Codebooks.Signs(word >> 9), step, destination + 8 * i);
            }
        }
    }
}
