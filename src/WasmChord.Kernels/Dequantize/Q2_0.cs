namespace WasmChord.Kernels;

/// <summary>Two-bit blocks: see <see cref="BlockQ2_0"/>.</summary>
internal static unsafe partial class Q2_0
{
    internal static void DequantizeScalar(byte* source, float* destination, long blockCount)
    {
        var block = (BlockQ2_0*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 64)
        {
            float d = Float16.ToSingle(block->D);
            for (int i = 0; i < 64; i++)
                destination[i] = (((block->Qs[i >> 2] >> (2 * (i & 3))) & 3) - 1) * d;
        }
    }
}
