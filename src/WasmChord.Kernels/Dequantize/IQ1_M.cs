namespace WasmChord.Kernels;

/// <summary>Ternary codebook super-blocks: see <see cref="BlockIQ1_M"/>.</summary>
internal static unsafe partial class IQ1_M
{
    /// <summary>The scale of the super-block: its nibbles, lowest first, top the four words.</summary>
    internal static float Scale(ushort* words) => Float16.ToSingle(
        (ushort)(words[0] >> 12 | (words[1] >> 12) << 4 | (words[2] >> 12) << 8 | (words[3] >> 12) << 12));

    internal static void DequantizeScalar(byte* source, float* destination, long blockCount)
    {
        var block = (BlockIQ1_M*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            var words = (ushort*)block->Scales;
            float d = Scale(words);
            for (int i = 0; i < 32; i++)
            {
                float step = d * (2 * ((words[i >> 3] >> (3 * ((i >> 1) & 3))) & 7) + 1);
                int nibble = block->Qh[i >> 1] >> (4 * (i & 1));
                int index = block->Qs[i] | (nibble & 7) << 8;
                Codebooks.Shift8(Codebooks.IQ1 + 8 * index, (nibble & 8) != 0, step, destination + 8 * i);
            }
        }
    }
}
