using System.Runtime.InteropServices;
using WasmChord.Gguf;

namespace WasmChord.Kernels.Tests.Products;

public class ActivationsTests
{
    [Theory]
    [InlineData(GgmlType.Q4_K, GgmlType.Q8_K)]
    [InlineData(GgmlType.IQ4_XS, GgmlType.Q8_K)]
    [InlineData(GgmlType.IQ4_NL, GgmlType.Q8_0)]
    [InlineData(GgmlType.NVFP4, GgmlType.Q8_0)]
    [InlineData(GgmlType.Q5_1, GgmlType.Q8_1)]
    [InlineData(GgmlType.F16, GgmlType.F16)]
    [InlineData(GgmlType.BF16, GgmlType.BF16)]
    [InlineData(GgmlType.F32, GgmlType.F32)]
    public void TypeFor_Weights_IsTheTypeOfTheReference(GgmlType weights, GgmlType expected) =>
        Assert.Equal(expected, Activations.TypeFor(weights));

    [Fact]
    public void TypeFor_EveryType_IsOneThatCanBeEncoded()
    {
        foreach (GgmlTypeTraits traits in GgmlTypeTraits.All)
        {
            GgmlType type = Activations.TypeFor(traits.Type);
            Assert.True(type == GgmlType.F32 || Quantizer.CanQuantize(type), $"{traits.Name} asks for {type}");
        }
    }

    [Fact]
    public void Encode_F32_Copies()
    {
        float[] values = [1.5f, -2, float.NaN];
        var destination = new byte[12];
        Activations.Encode(GgmlType.F32, values, destination);
        Assert.Equal(MemoryMarshal.AsBytes<float>(values).ToArray(), destination);
    }

    [Theory]
    [InlineData(GgmlType.F32, "128")]
    [InlineData(GgmlType.Q8_0, "34")]
    public void Encode_DestinationTooShort_IsRefusedWithTheNumbers(GgmlType type, string needed)
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => Activations.Encode(type, new float[32], new byte[33]));
        Assert.Contains(needed, e.Message);
        Assert.Contains("33", e.Message);
    }
}
