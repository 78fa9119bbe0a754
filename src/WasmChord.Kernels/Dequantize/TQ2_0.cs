namespace WasmChord.Kernels;

/// <summary>Ternary super-blocks of two bits a value: see <see cref="BlockTQ2_0"/>.</summary>
internal static unsafe partial class TQ2_0
{
    internal static void DequantizeScalar(byte* source, float* destination, long blockCount)
    {
        var block = (BlockTQ2_0*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            float d = Float16.ToSingle(block->D);
            for (int i = 0; i < 256; i++)
                destination[i] = (((block->Qs[(i >> 7) * 32 + (i & 31)] >> (2 * ((i >> 5) & 3))) & 3) - 1) * d;
        }
    }
}
