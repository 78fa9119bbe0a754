namespace WasmChord.Kernels;

/// <summary>Four-bit blocks with uneven levels: see <see cref="BlockIQ4_NL"/>.</summary>
internal static unsafe partial class IQ4_NL
{
    /// <summary>The levels of IQ4_NL and IQ4_XS, constants of the formats (ggml's <c>ggml-common.h</c>, MIT).</summary>
    internal static ReadOnlySpan<sbyte> Levels =>
        [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113];

    internal static void DequantizeScalar(byte* source, float* destination, long blockCount)
    {
        var block = (BlockIQ4_NL*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 32)
        {
            float d = Float16.ToSingle(block->D);
            for (int i = 0; i < 16; i++)
            {
                destination[i] = d * Levels[block->Qs[i] & 15];
                destination[i + 16] = d * Levels[block->Qs[i] >> 4];
            }
        }
    }
}
