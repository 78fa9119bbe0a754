using WasmChord.Gguf;

namespace WasmChord.Kernels.Tests.Dequantize;

/// <summary>Runs a dequantization on a chosen path, from and into memory without any alignment.</summary>
internal static unsafe class PathRunner
{
    public const uint Guard = 0xDEAD_BEEF;

    /// <summary>The bits of the floats; fails if the kernel writes past its end.</summary>
    public static uint[] Run(KernelPath path, GgmlType type, ReadOnlySpan<byte> blocks)
    {
        GgmlTypeTraits traits = GgmlTypeTraits.For(type);
        long blockCount = blocks.Length / traits.TypeSize;
        var values = (int)(blockCount * traits.BlockSize);

        // One byte of offset for the source, one float for the destination, a guard on both sides of the result.
        byte[] source = [0, .. blocks];
        var result = new uint[values + 2];
        result[0] = result[^1] = Guard;
        fixed (byte* from = source)
        fixed (uint* to = result)
            DequantizeDispatch.Run(path, type, from + 1, (float*)(to + 1), blockCount);
        Assert.Equal(Guard, result[0]);
        Assert.Equal(Guard, result[^1]);
        return result[1..^1];
    }

    /// <summary>Asserts equality bit for bit, naming the first difference.</summary>
    public static void AssertSameBits(uint[] expected, uint[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            if (expected[i] != actual[i])
                Assert.Fail($"{what}: value {i} is 0x{actual[i]:X8}, expected 0x{expected[i]:X8}");
    }
}
