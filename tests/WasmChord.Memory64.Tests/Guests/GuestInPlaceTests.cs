using System.Buffers.Binary;
using System.Text;
using WasmChord.Gguf;

namespace WasmChord.Memory64.Tests.Guests;

public sealed class GuestInPlaceTests
{
    private const int Buffer = 1024;

    [Fact]
    public void Acquire_EveryLayer_ShowsTheFilesBytesInPlace()
    {
        TestWeights weights = new();
        using CallingGuest guest = CallingGuest.Create(weights);
        foreach (int layer in new[] { -1, 0, 1, 2, -2 })
        {
            Assert.True(guest.Call("layer_acquire", layer, -1) >= 0);
            int count = 0;
            for (; guest.Call("layer_tensor_at", layer, count, Buffer) == 0; count++)
            {
                Description tensor = Description.Read(guest);
                TensorInfo info = weights.Model.Tensors.Single(t => t.Name.StartsWith(Prefix(layer), StringComparison.Ordinal)
                    && t.Type == (GgmlType)tensor.Type && t.ByteLength == tensor.Bytes);
                Assert.Equal(Sum(GuestTestModel.Bytes(info)), guest.Call("sum", tensor.Address, tensor.Address + tensor.Bytes));
            }

            Assert.Equal(layer is -1 ? 1 : layer is -2 ? 2 : 3, count);
            Assert.Equal(GuestCode.Ok, guest.CodeOf("layer_release", layer));
        }

        Assert.Equal(0, weights.Out);
    }

    [Fact]
    public void Acquire_LayersAboveFourGibibytes_AreReadInPlaceAndByCopies()
    {
        GuestTestModel model = new();
        model.Add("token_embd.weight", GgmlType.F16, 0, 4096, 600_000); // 4.6 GiB that nobody loads
        model.Add("blk.0.attn_norm.weight", GgmlType.F32, 0, 64);
        model.Add("blk.0.attn_q.weight", GgmlType.Q8_0, 0, 256, 100);
        model.Add("blk.1.ffn_up.weight", GgmlType.Q4_K, 0, 4096, 8_500_000); // another 18 GiB
        model.Add("output.weight", GgmlType.Q6_K, 0, 256, 20);
        TestWeights weights = new(model, new ImageOptions());
        using CallingGuest guest = CallingGuest.Create(weights);
        foreach ((int layer, string name, long above) in new[] { (0, "blk.0.attn_q.weight", 4L << 30), (-2, "output.weight", 20L << 30) })
        {
            TensorInfo info = model.Tensor(name);
            Assert.True(guest.Call("layer_acquire", layer, -1) > above);
            Assert.Equal(0, guest.Call("layer_tensor", layer, Buffer, guest.Write(Buffer, name), Buffer));
            Description tensor = Description.Read(guest);
            Assert.True(tensor.Address > above);
            byte[] expected = GuestTestModel.Bytes(info);
            Assert.Equal(Sum(expected), guest.Call("sum", tensor.Address, tensor.Address + tensor.Bytes));
            Assert.Equal(100, guest.Call("weights_read", tensor.Address + 11, Buffer, 100));
            Assert.Equal(expected[11..111], guest.Bytes(Buffer, 100));
            long offset = model.DataOffset(info);
            Assert.True(offset > above);
            Assert.Equal(100, guest.Call("memory64_read", offset + 7, Buffer, 100));
            Assert.Equal(expected[7..107], guest.Bytes(Buffer, 100));
            Assert.Equal(100, guest.Call("memory64_read", offset + expected.Length - 100, Buffer, 100));
            Assert.Equal(expected[^100..], guest.Bytes(Buffer, 100));
        }

        Assert.True(weights.Loaded.ResidentBytes < 1 << 20);
        Assert.Equal(GuestCode.BufferTooSmall, guest.CodeOf("memory64_load_layer", -1, Buffer, -1));
        Assert.True(guest.Call("layer_bytes", -1) > 4L << 30);
    }

    [Fact]
    public void Tensor_Described_HasTheFieldsOfThePage()
    {
        GuestTestModel model = new();
        model.Add("token_embd.weight", GgmlType.F32, 0, 32, 4);
        TensorInfo info = model.Add("blk.0.ffn_up_exps.weight", GgmlType.Q4_0, 0, 64, 5, 3);
        model.Add("output.weight", GgmlType.F32, 0, 8);
        TestWeights weights = new(model);
        using CallingGuest guest = CallingGuest.Create(weights);
        long first = guest.Call("layer_acquire", 0, -1);
        foreach (string name in new[] { "blk.0.ffn_up_exps.weight", "ffn_up_exps.weight" })
        {
            guest.Write(Buffer + 56, [0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB, 0xAB]);
            Assert.Equal(0, guest.Call("layer_tensor", 0, 0, guest.Write(0, name), Buffer));
            Assert.Equal(new Description(first, info.ByteLength, (int)GgmlType.Q4_0, 3, 64, 5, 3, 1), Description.Read(guest));
            Assert.Equal(0xAB, guest.Bytes(Buffer + 56, 1)[0]);
        }

        Assert.Equal(0, guest.Call("layer_tensor", -2, 0, guest.Write(0, "output.weight"), Buffer));
        Assert.Equal((1, 8L, 1L, 1L, 1L), (Description.Read(guest).Dimensions, Description.Read(guest).Ne0, Description.Read(guest).Ne1, Description.Read(guest).Ne2, Description.Read(guest).Ne3));
    }

    [Fact]
    public void Tensor_OfADecodedImage_HasTheTypeAndLengthThatItHasThere()
    {
        TestWeights weights = new(options: new ImageOptions(ResidencyFormat.F32, TileBytes: 8192, FrameBytes: 4096));
        using CallingGuest guest = CallingGuest.Create(weights);
        guest.Call("layer_acquire", 0, -1);
        Assert.Equal(0, guest.Call("layer_tensor", 0, 0, guest.Write(0, "attn_q.weight"), Buffer));
        Description tensor = Description.Read(guest);
        Assert.Equal((256 * 97 * 4L, (int)GgmlType.F32, 256L, 97L), (tensor.Bytes, tensor.Type, tensor.Ne0, tensor.Ne1));
        byte[] raw = GuestTestModel.Bytes(weights.Model.Tensor("blk.0.attn_q.weight"));
        float[] expected = new float[256];
        Kernels.Dequantizer.ToFloat(GgmlType.Q4_K, raw.AsSpan(96 * 144), expected);
        Assert.Equal(0, guest.Call("tensor_dequantize", tensor.Address + 96 * 1024, (int)GgmlType.F32, 256, Buffer));
        Assert.Equal(expected, guest.Floats(Buffer, 256));
    }

    [Fact]
    public void Metadata_NumbersAndTexts_AreWhatTheFileSays()
    {
        using CallingGuest guest = CallingGuest.Create(new TestWeights());
        (string Key, double Value)[] numbers =
        [
            ("llama.block_count", 3), ("llama.offset", -12), ("llama.large", ulong.MaxValue), ("llama.rope.freq_base", 10_000.5),
            ("llama.ratio", 0.1), ("llama.is_true", 1),
        ];
        foreach ((string key, double value) in numbers)
        {
            Assert.Equal(8, guest.Call("metadata_number", 0, guest.Write(0, key), Buffer));
            Assert.Equal(value, BinaryPrimitives.ReadDoubleLittleEndian(guest.Bytes(Buffer, 8)));
        }

        Assert.Equal(5, guest.Call("metadata_text", 0, guest.Write(0, "general.architecture"), Buffer, 5));
        Assert.Equal("llama", Encoding.UTF8.GetString(guest.Bytes(Buffer, 5)));
    }

    [Fact]
    public void Acquire_Deadlines_ReachTheCacheAndNeverExceedTheCall()
    {
        TestWeights weights = new() { DefaultTimeout = TimeSpan.FromSeconds(7) };
        using CallingGuest guest = CallingGuest.Create(weights, limits: new GuestLimits { WallTime = TimeSpan.FromSeconds(20) });
        foreach (int deadline in new[] { 0, -1, int.MinValue, 250, int.MaxValue })
        {
            Assert.True(guest.Call("layer_acquire", 0, deadline) >= 0);
            guest.Call("layer_release", 0);
        }

        TimeSpan[] asked = [.. weights.Requests.Select(r => r.Timeout)];
        Assert.Equal([0, 7_000, 7_000, 250], asked[..4].Select(t => (int)t.TotalMilliseconds));
        Assert.InRange(asked[4], TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Acquire_NoDeadline_TriesOnceAndIsTimedOut()
    {
        TestWeights weights = new();
        weights.Script = r =>
        {
            r.Stop.WaitHandle.WaitOne(r.Timeout);
            return TestWeights.Refuse(RefusalReason.DeadlineExceeded);
        };
        using CallingGuest guest = CallingGuest.Create(weights);
        Assert.Equal(GuestCode.TimedOut, guest.CodeOf("layer_acquire", 0, 0));
        Assert.Equal(GuestCode.TimedOut, guest.CodeOf("layer_acquire", 0, 3));
        Assert.Equal(2, weights.Requests.Count);
    }

    [Fact]
    public void Read_OutsideTheImage_TrapsInTheGuestAndGivesItsLayersBack()
    {
        TestWeights weights = new();
        using CallingGuest guest = CallingGuest.Create(weights);
        long size = weights.Regions[0].ByteLength;
        Assert.True(guest.Call("layer_acquire", 0, -1) >= 0);
        Assert.Equal(0, guest.Call("at", size - 8));
        GuestResult trapped = guest.Guest.Invoke("at", size - 7);
        Assert.Equal((GuestEnd.OutOfBounds, 1), (trapped.End, trapped.LeasesHeld));
        Assert.Equal((0, 0), (weights.Out, guest.Guest.LeasesHeld));
        foreach (long bad in new[] { -8L, size, long.MaxValue, long.MinValue, size + (64L << 20), size + (8L << 30) })
        {
            using CallingGuest other = CallingGuest.Create(new TestWeights(weights.Loaded));
            Assert.Equal(GuestEnd.OutOfBounds, other.Guest.Invoke("at", bad).End);
        }
    }

    [Fact]
    public void Read_WhatIsNotAcquired_IsNeverAnotherModels()
    {
        TestWeights weights = new();
        using CallingGuest guest = CallingGuest.Create(weights);
        foreach (Segment s in weights.Loaded.Layout.Segments.Segments.ToArray()) Assert.Equal(0, guest.Call("at", s.Address));
        Assert.Empty(weights.Requests);
    }

    private static string Prefix(int layer) => layer switch { -1 => "token_embd", -2 => "output", _ => $"blk.{layer}." };

    private static long Sum(byte[] bytes)
    {
        long sum = 0;
        foreach (byte b in bytes) sum = unchecked(sum * 31 + b);
        return sum;
    }

    /// <summary>The structure <c>tensor</c>.</summary>
    private sealed record Description(long Address, long Bytes, int Type, int Dimensions, long Ne0, long Ne1, long Ne2, long Ne3)
    {
        public static Description Read(CallingGuest guest)
        {
            byte[] bytes = guest.Bytes(Buffer, 56);
            long At(int offset) => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(offset));
            return new Description(At(0), At(8), (int)At(16), (int)(At(16) >> 32), At(24), At(32), At(40), At(48));
        }
    }
}
