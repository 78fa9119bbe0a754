using System.Runtime.InteropServices;
using System.Text.Json;
using WasmChord.Gguf;
using WasmChord.Kernels.Tests.Dequantize;
using WasmChord.TestData;

namespace WasmChord.Kernels.Tests.Quantize;

/// <summary>The quantizers against what ggml made of the same values, from the shared test data.</summary>
public class QuantizerVectorTests
{
    private const int QuantizedBlocks = 64;

    public static TheoryData<GgmlType> BlockTypes => [.. QuantizeRunner.BlockTypes];

    [SkippableTheory]
    [MemberData(nameof(BlockTypes))]
    public void FromFloat_SourceThatGgmlQuantized_GivesTheSameBytes(GgmlType type)
    {
        (float[] source, _) = LoadSource(type);
        (byte[] blocks, _) = QuantVectors.Load(type);
        int typeSize = GgmlTypeTraits.For(type).TypeSize;
        foreach (KernelPath path in KernelPaths.Available)
        {
            byte[] actual = QuantizeRunner.Run(path, type, source);
            for (int block = 0; block < QuantizedBlocks; block++)
            {
                Range range = (block * typeSize)..((block + 1) * typeSize);
                Assert.True(blocks[range].SequenceEqual(actual[range]), $"{type} on {path}: block {block} differs");
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(BlockTypes))]
    public void FromFloat_GaussianSource_LosesNoMoreThanGgml(GgmlType type)
    {
        (float[] source, double limit) = LoadSource(type);
        double error = QuantizeRunner.RelativeError(source, QuantizeRunner.RoundTrip(type, source));
        Assert.InRange(error, 0, limit + 5e-7); // the limit is printed with six decimals
    }

    [SkippableTheory]
    [InlineData(GgmlType.F16)]
    [InlineData(GgmlType.BF16)]
    public void FromFloat_RoundingVectors_GivesTheSameBits(GgmlType type)
    {
        (float[] source, ushort[] expected) = QuantVectors.LoadRounding(type.ToString());
        foreach (KernelPath path in KernelPaths.Available)
        {
            byte[] actual = QuantizeRunner.Run(path, type, source);
            Assert.Equal(expected, MemoryMarshal.Cast<byte, ushort>(actual).ToArray());
        }
    }

    [SkippableTheory]
    [InlineData(GgmlType.F16)]
    [InlineData(GgmlType.BF16)]
    public void FromFloat_EveryCodeDequantized_GivesTheCodeBack(GgmlType type)
    {
        (byte[] blocks, uint[] values) = QuantVectors.Load(type);
        byte[] actual = QuantizeRunner.Run(KernelPaths.Best, type, MemoryMarshal.Cast<uint, float>(values));
        ReadOnlySpan<ushort> expected = MemoryMarshal.Cast<byte, ushort>(blocks);
        ReadOnlySpan<ushort> codes = MemoryMarshal.Cast<byte, ushort>(actual);
        for (int i = 0; i < expected.Length; i++)
            if (!float.IsNaN(BitConverter.UInt32BitsToSingle(values[i]))) Assert.Equal(expected[i], codes[i]);
    }

    private static (float[] Source, double RelativeError) LoadSource(GgmlType type)
    {
        string text = File.ReadAllText(SharedTestData.Require("quant-vectors/index.json"));
        using JsonDocument index = JsonDocument.Parse(text);
        JsonElement entry = index.RootElement.GetProperty("types").EnumerateArray()
            .Single(e => e.GetProperty("name").GetString() == type.ToString());
        string file = SharedTestData.Require("quant-vectors/" + entry.GetProperty("src").GetString());
        float[] source = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(file)).ToArray();
        return (source, entry.GetProperty("rel_rmse_of_gaussian_segment").GetDouble());
    }
}
