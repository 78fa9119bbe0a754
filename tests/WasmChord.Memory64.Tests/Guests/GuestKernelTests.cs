using WasmChord.Gguf;
using WasmChord.Kernels;

namespace WasmChord.Memory64.Tests.Guests;

public sealed class GuestKernelTests
{
    private const int X = 0, Y = 65_536, Z = 2 * 65_536;

    public static TheoryData<GgmlType> Types => [.. GgmlTypeTraits.All.Select(t => t.Type)];

    [Theory]
    [MemberData(nameof(Types))]
    public void Dequantize_EveryType_IsWhatTheHostDecodes(GgmlType type)
    {
        (TestWeights weights, TensorInfo tensor) = Model(type, rows: 40);
        using CallingGuest guest = CallingGuest.Create(weights);
        long address = guest.Call("layer_acquire", 0, -1);
        byte[] bytes = GuestTestModel.Bytes(tensor);
        GgmlTypeTraits traits = GgmlTypeTraits.For(type);
        float[] expected = new float[512];
        Dequantizer.ToFloat(type, bytes.AsSpan(0, (int)traits.BytesFor(512)), expected);
        Assert.Contains(expected, v => v != 0 && float.IsFinite(v));
        Assert.Equal(GuestCode.Ok, guest.CodeOf("tensor_dequantize", address, (int)type, 512, X));
        AssertSameBits(expected, guest.Floats(X, 512));
        // One block at the end of the tensor, beyond the first tile.
        int one = traits.BlockSize;
        long last = tensor.ByteLength - traits.TypeSize;
        expected = new float[one];
        Dequantizer.ToFloat(type, bytes.AsSpan((int)last), expected);
        Assert.Equal(GuestCode.Ok, guest.CodeOf("tensor_dequantize", address + last, (int)type, one, Y));
        AssertSameBits(expected, guest.Floats(Y, one));
        Assert.Equal(GuestCode.NotAcquired, guest.CodeOf("tensor_dequantize", address + last, (int)type, 2 * one, Y));
        Assert.Equal(GuestCode.Ok, guest.CodeOf("tensor_dequantize", address, (int)type, 0, Y));
    }

    [Fact]
    public void Kernels_NeedingMoreScratchThanTheLimit_AreRefusedAndWriteNothing()
    {
        (TestWeights weights, _) = Model(GgmlType.F32, rows: 40);
        // 512 activations of a tensor of f32 stay f32: 2,048 bytes; 64 angles are 256.
        using CallingGuest guest = CallingGuest.Create(weights, limits: new GuestLimits { ScratchBytes = 2_047 + 256 });
        long address = guest.Call("layer_acquire", 0, -1);
        guest.Write(X, Values(512, seed: 3));
        Assert.Equal(GuestCode.Ok, guest.CodeOf("matvec", address, (int)GgmlType.F32, 2, 512, X, Y));
        Assert.Equal(GuestCode.Refused, guest.CodeOf("rope", X, 1, 64, 64, 3, 10_000f, 0));
        Assert.Equal(Values(512, seed: 3), guest.Floats(X, 512));
        using CallingGuest second = CallingGuest.Create(Model(GgmlType.F32, rows: 40).Weights, limits: new GuestLimits { ScratchBytes = 2_047 + 256 });
        address = second.Call("layer_acquire", 0, -1);
        Assert.Equal(GuestCode.Ok, second.CodeOf("rope", X, 1, 64, 64, 3, 10_000f, 0));
        Assert.Equal(GuestCode.Refused, second.CodeOf("matvec", address, (int)GgmlType.F32, 2, 512, X, Y));
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void MatVec_EveryType_IsWhatTheHostComputes(GgmlType type)
    {
        const int Rows = 40, Columns = 512;
        (TestWeights weights, TensorInfo tensor) = Model(type, Rows);
        using CallingGuest guest = CallingGuest.Create(weights);
        long address = guest.Call("layer_acquire", 0, -1);
        float[] x = Values(Columns, seed: 3);
        guest.Write(X, x);
        byte[] bytes = GuestTestModel.Bytes(tensor);
        GgmlType encodedType = Activations.TypeFor(type);
        byte[] encoded = new byte[GgmlTypeTraits.For(encodedType).BytesFor(Columns)];
        Activations.Encode(encodedType, x, encoded);
        float[] expected = new float[Rows];
        MatMul.Multiply(type, bytes, Columns, encoded, 1, expected, Rows);
        Assert.Equal(GuestCode.Ok, guest.CodeOf("matvec", address, (int)type, Rows, Columns, X, Y));
        AssertSameBits(expected, guest.Floats(Y, Rows));
        // From the third row on, in place of its input.
        long rowBytes = GgmlTypeTraits.For(type).BytesFor(Columns);
        Assert.Equal(GuestCode.Ok, guest.CodeOf("matvec", address + 2 * rowBytes, (int)type, Rows - 2, Columns, X, X));
        AssertSameBits(expected[2..], guest.Floats(X, Rows - 2));
        Assert.Equal(GuestCode.NotAcquired, guest.CodeOf("matvec", address + rowBytes, (int)type, Rows, Columns, X, Y));
        Assert.Equal(GuestCode.Ok, guest.CodeOf("matvec", address, (int)type, 0, Columns, X, Y));
    }

    [Fact]
    public void RmsNormSoftmaxSilu_AnyValues_AreTheHosts()
    {
        using CallingGuest guest = CallingGuest.Create(null, CallingGuest.Own);
        foreach (int count in new[] { 1, 3, 16, 77, 300 })
        {
            float[] x = Values(count, 1), w = Values(count, 2), expected = new float[count];
            guest.Write(X, x);
            guest.Write(Y, w);
            Norms.Rms(x, w, 1e-5f, expected);
            Assert.Equal(GuestCode.Ok, guest.CodeOf("rms_norm", X, Y, count, 1e-5f, Z));
            AssertSameBits(expected, guest.Floats(Z, count));
            GatedUnit.SiluMultiply(x, w, expected);
            Assert.Equal(GuestCode.Ok, guest.CodeOf("silu_multiply", X, Y, count, Y));
            AssertSameBits(expected, guest.Floats(Y, count));
            x.CopyTo(expected, 0);
            Softmax.InPlace(expected);
            Assert.Equal(GuestCode.Ok, guest.CodeOf("softmax", X, count));
            AssertSameBits(expected, guest.Floats(X, count));
            Norms.Rms(expected, w, 0.5f, expected);
            guest.Write(Y, w);
            Assert.Equal(GuestCode.Ok, guest.CodeOf("rms_norm", X, Y, count, 0.5f, X));
            AssertSameBits(expected, guest.Floats(X, count));
        }

        Assert.Equal(GuestCode.Ok, guest.CodeOf("softmax", X, 0));
        Assert.Equal(GuestCode.Ok, guest.CodeOf("silu_multiply", X, X, 0, X));
    }

    [Fact]
    public void Arrays_ThatOverlapOrAreNotNumbers_NeverEndTheGuest()
    {
        using CallingGuest guest = CallingGuest.Create(null, CallingGuest.Own);
        guest.Write(X, [float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, -0f, 1e-40f, 2, 3]);
        Assert.Equal(GuestCode.Ok, guest.CodeOf("rms_norm", X, X + 8, 6, float.NaN, X + 4));
        Assert.Equal(GuestCode.Ok, guest.CodeOf("silu_multiply", X, X + 4, 6, X + 8));
        Assert.Equal(GuestCode.Ok, guest.CodeOf("softmax", X, 8));
        Assert.Equal(GuestCode.Ok, guest.CodeOf("rope", X, 2, 4, 4, int.MaxValue, float.MaxValue, 1));
        Assert.Equal(GuestCode.Ok, guest.CodeOf("rope", X, 2, 4, 4, 1, float.Epsilon, 0));
        Assert.Equal(GuestCode.Ok, guest.CodeOf("rope", X, 0, 4, 4, 1, 1e4f, 0));
    }

    [Theory]
    [InlineData(0, 8, 8)]
    [InlineData(1, 8, 8)]
    [InlineData(0, 64, 32)]
    [InlineData(1, 64, 32)]
    public void Rope_BothPairings_AreTheHosts(int pairing, int headDim, int dimensions)
    {
        using CallingGuest guest = CallingGuest.Create(null, CallingGuest.Own);
        foreach (int position in new[] { 0, 5, 5, 4_000 })
        {
            float[] x = Values(3 * headDim, position), angles = new float[dimensions];
            guest.Write(X, x);
            Rope.Angles(new RopeScaling(dimensions, 10_000), [], position, angles);
            Rope.Rotate(x, headDim, angles, pairing == 0 ? RopePairing.Interleaved : RopePairing.SplitHalf);
            Assert.Equal(GuestCode.Ok, guest.CodeOf("rope", X, 3, headDim, dimensions, position, 10_000f, pairing));
            AssertSameBits(x, guest.Floats(X, x.Length));
        }
    }

    private static (TestWeights Weights, TensorInfo Tensor) Model(GgmlType type, int rows)
    {
        GuestTestModel model = new();
        model.Add("token_embd.weight", GgmlType.F32, 0, 8);
        TensorInfo tensor = model.Add("blk.0.attn_q.weight", type, 0, 512, rows);
        model.Add("output.weight", GgmlType.F32, 0, 8);
        return (new TestWeights(model), tensor);
    }

    private static float[] Values(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 4 - 2))];
    }

    private static void AssertSameBits(float[] expected, float[] actual) =>
        Assert.Equal(expected.Select(BitConverter.SingleToInt32Bits), actual.Select(BitConverter.SingleToInt32Bits));
}
