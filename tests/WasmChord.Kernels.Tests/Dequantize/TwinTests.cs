using WasmChord.Gguf;

namespace WasmChord.Kernels.Tests.Dequantize;

/// <summary>Every path against the scalar reference, on random bytes: scales may be anything.</summary>
public class TwinTests
{
    public static TheoryData<GgmlType> AllTypes => [.. GgmlTypeTraits.All.Select(t => t.Type)];

    [Theory]
    [MemberData(nameof(AllTypes))]
    public void Twins_RandomBytes_GiveTheBitsOfTheScalar(GgmlType type)
    {
        var random = new Random(1 + (int)type);
        var blocks = new byte[GgmlTypeTraits.For(type).TypeSize * 100];
        for (int round = 0; round < 4; round++)
        {
            random.NextBytes(blocks);
            AssertTwinsAgree(type, blocks);
        }
    }

    [Theory]
    [MemberData(nameof(AllTypes))]
    public void Twins_AnyNumberOfBlocks_WriteThatManyAndNoMore(GgmlType type)
    {
        var random = new Random(100 + (int)type);
        for (int count = 0; count <= 35; count++)
        {
            var blocks = new byte[GgmlTypeTraits.For(type).TypeSize * count];
            random.NextBytes(blocks);
            AssertTwinsAgree(type, blocks);
        }
    }

    private static void AssertTwinsAgree(GgmlType type, byte[] blocks)
    {
        uint[] expected = WithOneNaN(PathRunner.Run(KernelPath.Scalar, type, blocks));
        foreach (KernelPath path in KernelPaths.Available)
            PathRunner.AssertSameBits(expected, WithOneNaN(PathRunner.Run(path, type, blocks)), $"{type} on {path}");
    }

    // Which NaN an operation on a non-finite scale gives depends on the order of the operands, which C# leaves open.
    private static uint[] WithOneNaN(uint[] bits) =>
        [.. bits.Select(b => (b & 0x7FFF_FFFF) > 0x7F80_0000 ? 0x7FC0_0000 : b)];
}
