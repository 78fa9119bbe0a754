namespace WasmChord.Kernels;

/// <summary>Four-bit blocks with an offset: see <see cref="BlockQ4_1"/>.</summary>
internal static unsafe partial class Q4_1
{
    internal static void DequantizeScalar(byte* source, float* destination, long blockCount)
    {
        var block = (BlockQ4_1*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 32)
        {
            float d = Float16.ToSingle(block->D), m = Float16.ToSingle(block->M);
            for (int i = 0; i < 16; i++)
            {
                destination[i] = (block->Qs[i] & 15) * d + m;
                destination[i + 16] = (block->Qs[i] >> 4) * d + m;
            }
        }
    }
}
