namespace WasmChord.Kernels;

/// <summary>Five-bit blocks with an offset: see <see cref="BlockQ5_1"/>.</summary>
internal static unsafe partial class Q5_1
{
    internal static void DequantizeScalar(byte* source, float* destination, long blockCount)
    {
        var block = (BlockQ5_1*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 32)
        {
            float d = Float16.ToSingle(block->D), m = Float16.ToSingle(block->M);
            uint fifth = *(uint*)block->Qh;
            for (int i = 0; i < 16; i++)
            {
                int low = (block->Qs[i] & 15) | (int)((fifth >> i) & 1) << 4;
                int high = (block->Qs[i] >> 4) | (int)((fifth >> (i + 16)) & 1) << 4;
                destination[i] = low * d + m;
                destination[i + 16] = high * d + m;
            }
        }
    }
}
