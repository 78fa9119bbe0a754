namespace WasmChord.Kernels;

/// <summary>Eight-bit blocks: see <see cref="BlockQ8_0"/>.</summary>
internal static unsafe partial class Q8_0
{
    internal static void DequantizeScalar(byte* source, float* destination, long blockCount)
    {
        var block = (BlockQ8_0*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 32)
        {
            float d = Float16.ToSingle(block->D);
            for (int i = 0; i < 32; i++) destination[i] = block->Qs[i] * d;
        }
    }
}
