namespace WasmChord.Kernels;

/// <summary>Eight-bit super-blocks: see <see cref="BlockQ8_K"/>.</summary>
internal static unsafe partial class Q8_K
{
    internal static void DequantizeScalar(byte* source, float* destination, long blockCount)
    {
        var block = (BlockQ8_K*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            float d = block->D;
            for (int i = 0; i < 256; i++) destination[i] = d * block->Qs[i];
        }
    }
}
