namespace WasmChord.Kernels;

/// <summary>Three-bit codebook super-blocks: see <see cref="BlockIQ3_XXS"/>.</summary>
internal static unsafe partial class IQ3_XXS
{
    internal static void DequantizeScalar(byte* source, float* destination, long blockCount)
    {
        var block = (BlockIQ3_XXS*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            float d = Float16.ToSingle(block->D);
            var tails = (uint*)(block->Qs + 64);
            for (int i = 0; i < 32; i++)
            {
                uint tail = tails[i >> 2];
                float step = d * (0.5f + (tail >> 28)) * 0.5f;
                uint signs = Codebooks.Signs((tail >> (7 * (i & 3))) & 127);
                float* to = destination + 8 * i;
                Codebooks.Scale4(Codebooks.IQ3_XXS + 4 * block->Qs[2 * i], signs, step, to);
                Codebooks.Scale4(Codebooks.IQ3_XXS + 4 * block->Qs[2 * i + 1], signs >> 4, step, to + 4);
            }
        }
    }
}
