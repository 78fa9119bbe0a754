namespace WasmChord.Kernels;

/// <summary>Ternary super-blocks of five values a byte: see <see cref="BlockTQ1_0"/>.</summary>
internal static unsafe partial class TQ1_0
{
    /// <summary>
    /// Digit <paramref name="index"/> of a base-3 fraction of 256: multiplying by 3^index modulo 256 drops the digits
    /// before it, and the integer part of three times the rest is the digit.
    /// </summary>
    internal static int Digit(byte fraction, int index) => (byte)(fraction * PowersOfThree[index]) * 3 >> 8;

    private static ReadOnlySpan<byte> PowersOfThree => [1, 3, 9, 27, 81];

    internal static void DequantizeScalar(byte* source, float* destination, long blockCount)
    {
        var block = (BlockTQ1_0*)source;
        for (; blockCount > 0; blockCount--, block++, destination += 256)
        {
            float d = Float16.ToSingle(block->D);
            for (int i = 0; i < 160; i++) destination[i] = (Digit(block->Qs[i & 31], i >> 5) - 1) * d;
            for (int i = 0; i < 80; i++) destination[160 + i] = (Digit(block->Qs[32 + (i & 15)], i >> 4) - 1) * d;
            for (int i = 0; i < 16; i++) destination[240 + i] = (Digit(block->Qh[i & 3], i >> 2) - 1) * d;
        }
    }
}
