using WasmChord.Gguf;

namespace WasmChord.Kernels.Tests;

public class KvRowsTests
{
    [Theory]
    [InlineData(GgmlType.F32, 80, 320, 0.0)]
    [InlineData(GgmlType.F16, 80, 160, 4.9e-4)]
    [InlineData(GgmlType.Q8_0, 96, 102, 0.02)]
    public void Encode_EveryType_TakesItsBytesAndKeepsItsPrecision(GgmlType type, int headDim, int bytes, double relative)
    {
        float[] values = Samples.Gaussian(headDim, 1), back = new float[headDim];
        Assert.Equal(bytes, KvRows.RowBytes(type, headDim));
        var row = new byte[bytes];
        KvRows.Encode(type, values, row);
        Dequantizer.ToFloat(type, row, back);
        double limit = type == GgmlType.Q8_0 ? values.Max(MathF.Abs) / 127 / 2 * 1.01 : 0;
        for (int i = 0; i < headDim; i++) Assert.InRange(Math.Abs(back[i] - values[i]), 0, Math.Max(limit, relative * Math.Abs(values[i])));
    }

    [Fact]
    public void RowsThatDoNotFit_AreRefusedWithTheNumbers()
    {
        Assert.StartsWith("80 values are not whole Q8_0 blocks of 32", Refusal(() => KvRows.RowBytes(GgmlType.Q8_0, 80)));
        Assert.StartsWith("80 values are not whole Q8_0 blocks of 32", Refusal(() => KvRows.Encode(GgmlType.Q8_0, new float[80], new byte[85])));
        Assert.StartsWith("keys and values are kept in F32, F16 or Q8_0, not in BF16", Refusal(() => KvRows.RowBytes(GgmlType.BF16, 64)));
        Assert.StartsWith("64 values take 128 bytes in F16, the room has 127", Refusal(() => KvRows.Encode(GgmlType.F16, new float[64], new byte[127])));
        Assert.StartsWith("64 values take 256 bytes in F32, the room has 300", Refusal(() => KvRows.Encode(GgmlType.F32, new float[64], new byte[300])));

        static string Refusal(Action act) => Assert.ThrowsAny<ArgumentException>(act).Message;
    }
}
