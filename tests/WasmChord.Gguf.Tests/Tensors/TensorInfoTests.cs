namespace WasmChord.Gguf.Tests.Tensors;

public class TensorInfoTests
{
    [Fact]
    public void Shape_OfATensor_CountsRowsAndBytes()
    {
        TensorInfo tensor = new("t", GgmlType.Q4_K, new TensorShape(3, 512, 4, 2), 0, 64, 0, 2 * 144 * 8);

        Assert.Equal((8L, 4096L, 288L), (tensor.Shape.RowCount, tensor.Shape.ValueCount, tensor.RowBytes));
        Assert.Equal("[512, 4, 2]", tensor.Shape.ToString());
        Assert.Equal([512L, 4, 2], tensor.Shape.ToArray());
        Assert.Equal(tensor.ByteLength, tensor.RowBytes * tensor.Shape.RowCount);
    }

    [Fact]
    public void Shape_ThatOverflows_Throws() =>
        Assert.Throws<OverflowException>(() => new TensorShape(2, 1L << 40, 1L << 40).ValueCount);
}
