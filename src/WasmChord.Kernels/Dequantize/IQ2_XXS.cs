namespace WasmChord.Kernels;

/// <summary>Two-bit codebook super-blocks: see <see cref="BlockIQ2_XXS"/>.</summary>
internal static unsafe partial class IQ2_XXS
{
    internal static void DequantizeScalar(byte* source, float* destination, long blockCount)
    {
        var block = (BlockIQ2_XXS*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            float d = Float16.ToSingle(block->D);
            for (int group = 0; group < 8; group++)
            {
                byte* indices = (byte*)(block->Qs + 4 * group);
                uint tail = *(uint*)(indices + 4);
                float step = d * (0.5f + (tail >> 28)) * 0.25f;
                for (int i = 0; i < 4; i++)
                    Codebooks.Scale8(Codebooks.IQ2_XXS + 8 * indices[i], Codebooks.Signs((tail >> (7 * i)) & 127), step,
                        destination + 32 * group + 8 * i);
            }
        }
    }
}
