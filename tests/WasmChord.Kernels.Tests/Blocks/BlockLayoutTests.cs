using System.Reflection;
using System.Runtime.InteropServices;
using WasmChord.Gguf;

namespace WasmChord.Kernels.Tests.Blocks;

public class BlockLayoutTests
{
    public static TheoryData<GgmlType> QuantizedTypes =>
        [.. GgmlTypeTraits.All.Where(t => t.IsQuantized).Select(t => t.Type)];

    [Theory]
    [MemberData(nameof(QuantizedTypes))]
    public void Block_EveryQuantizedType_HasTheSizeOfTheTraits(GgmlType type)
    {
        Type? block = typeof(BlockQ4_K).Assembly.GetType($"WasmChord.Kernels.Block{type}");
        Assert.NotNull(block);
        Assert.Equal(GgmlTypeTraits.For(type).TypeSize, Marshal.SizeOf(block));
        Assert.Equal(1, block.GetCustomAttribute<StructLayoutAttribute>()?.Pack ?? block.StructLayoutAttribute?.Pack);
    }

    [Fact]
    public unsafe void Block_ManagedSizes_AreThoseOfTheFile()
    {
        Assert.Equal(144, sizeof(BlockQ4_K));
        Assert.Equal(210, sizeof(BlockQ6_K));
        Assert.Equal(292, sizeof(BlockQ8_K));
        Assert.Equal(17, sizeof(BlockMXFP4));
    }
}
