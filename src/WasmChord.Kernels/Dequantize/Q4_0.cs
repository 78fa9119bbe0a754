namespace WasmChord.Kernels;

/// <summary>Four-bit blocks: see <see cref="BlockQ4_0"/>.</summary>
internal static unsafe partial class Q4_0
{
    internal static void DequantizeScalar(byte* source, float* destination, long blockCount)
    {
        var block = (BlockQ4_0*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 32)
        {
            float d = Float16.ToSingle(block->D);
            for (int i = 0; i < 16; i++)
            {
                destination[i] = ((block->Qs[i] & 15) - 8) * d;
                destination[i + 16] = ((block->Qs[i] >> 4) - 8) * d;
            }
        }
    }
}
