namespace WasmChord.Kernels;

/// <summary>One-bit blocks: see <see cref="BlockQ1_0"/>.</summary>
internal static unsafe partial class Q1_0
{
    internal static void DequantizeScalar(byte* source, float* destination, long blockCount)
    {
        var block = (BlockQ1_0*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 128)
        {
            float d = Float16.ToSingle(block->D);
            for (int i = 0; i < 128; i++)
                destination[i] = ((block->Qs[i >> 3] >> (i & 7)) & 1) != 0 ? d : -d;
        }
    }
}
