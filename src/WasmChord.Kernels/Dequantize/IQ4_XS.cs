namespace WasmChord.Kernels;

/// <summary>Four-bit super-blocks with uneven levels: see <see cref="BlockIQ4_XS"/>.</summary>
internal static unsafe partial class IQ4_XS
{
    /// <summary>The signed scale of one block of 32.</summary>
    internal static int Scale(BlockIQ4_XS* block, int index)
    {
        int low = (block->ScalesL[index >> 1] >> (4 * (index & 1))) & 15;
        int high = (block->ScalesH >> (2 * index)) & 3;
        return (low | high << 4) - 32;
    }

    internal static void DequantizeScalar(byte* source, float* destination, long blockCount)
    {
        var block = (BlockIQ4_XS*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            float d = Float16.ToSingle(block->D);
            for (int part = 0; part < 8; part++)
            {
                float step = d * Scale(block, part);
                for (int i = 32 * part; i < 32 * part + 32; i++)
                {
                    int code = (block->Qs[16 * part + (i & 15)] >> (4 * ((i >> 4) & 1))) & 15;
                    destination[i] = step * IQ4_NL.Levels[code];
                }
            }
        }
    }
}
