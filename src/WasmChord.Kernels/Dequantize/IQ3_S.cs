namespace WasmChord.Kernels;

/// <summary>Three-bit codebook super-blocks: see <see cref="BlockIQ3_S"/>.</summary>
internal static unsafe partial class IQ3_S
{
    internal static void DequantizeScalar(byte* source, float* destination, long blockCount)
    {
        var block = (BlockIQ3_S*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            float d = Float16.ToSingle(block->D);
            for (int i = 0; i < 64; i++)
            {
                int scale = (block->Scales[i >> 4] >> (4 * ((i >> 3) & 1))) & 15;
                float step = d * (1 + 2 * scale);
                int index = block->Qs[i] | ((block->Qh[i >> 3] >> (i & 7)) & 1) << 8;
                uint signs = (uint)block->Signs[i >> 1] >> (4 * (i & 1));
                Codebooks.Scale4(Codebooks.IQ3_S + 4 * index, signs, step, destination + 4 * i);
            }
        }
    }
}
