using System.Buffers.Binary;
using WasmChord.Gguf;

namespace WasmChord.Memory64.Tests.Guests;

public sealed class GuestBridgeTests
{
    private const int At = 1024;

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(-2)]
    public void LoadLayer_AnyLayer_IsTheFilesBytesWithZerosBetween(int layer)
    {
        using TestWeights weights = new();
        using CallingGuest guest = CallingGuest.Create(Shared(weights), CallingGuest.Own);
        TensorInfo[] tensors = Tensors(weights.Model, layer);
        long start = weights.Model.DataOffset(tensors[0]);
        int bytes = (int)(weights.Model.DataOffset(tensors[^1]) + tensors[^1].ByteLength - start);
        Assert.Equal(bytes, guest.Call("memory64_load_layer", layer, At, bytes));
        Assert.Equal(weights.Model.Data(start, bytes), guest.Bytes(At, bytes));
        Assert.Equal(bytes, guest.Call("layer_bytes", layer));
    }

    [Fact]
    public void LoadLayer_LargerThanTheBudget_IsCopiedSegmentBySegmentOneLeaseAtATime()
    {
        TestWeights weights = new();
        int most = 0;
        weights.Script = r =>
        {
            most = Math.Max(most, weights.Out + 1);
            return r.Segments.Count > 1 ? TestWeights.Refuse(RefusalReason.LayerExceedsBudget) : null;
        };
        using CallingGuest guest = CallingGuest.Create(weights, CallingGuest.Own);
        TensorInfo[] tensors = Tensors(weights.Model, 1);
        long start = weights.Model.DataOffset(tensors[0]);
        int bytes = (int)guest.Call("layer_bytes", 1);
        Assert.Equal(bytes, guest.Call("memory64_load_layer", 1, At, -1));
        Assert.Equal(weights.Model.Data(start, bytes), guest.Bytes(At, bytes));
        Assert.Equal(1, most);
        Assert.True(weights.Granted.Count > 5, $"{weights.Granted.Count} leases");
        Assert.Equal(0, weights.Out);
    }

    [Fact]
    public void Read_EveryBorder_IsTheFilesBytes()
    {
        using TestWeights weights = new();
        using CallingGuest guest = CallingGuest.Create(Shared(weights), CallingGuest.Own);
        GuestTestModel model = weights.Model;
        foreach (TensorInfo tensor in model.Tensors)
        {
            foreach (long border in new[] { model.DataOffset(tensor), model.DataOffset(tensor) + tensor.ByteLength })
            {
                foreach ((int before, int count) in new[] { (0, 1), (1, 1), (8, 32), (64, 128), (3, 61) })
                {
                    long offset = Math.Max(0, border - before);
                    int size = (int)Math.Min(count, model.DataBytes - offset);
                    if (size <= 0) continue;
                    Assert.Equal(size, guest.Call("memory64_read", offset, At, size));
                    Assert.Equal(model.Data(offset, size), guest.Bytes(At, size));
                }
            }
        }
    }

    [Fact]
    public void Read_WholeModelAtOnce_IsTheFilesBytes()
    {
        TestWeights weights = new();
        using CallingGuest guest = CallingGuest.Create(weights, CallingGuest.Own);
        int bytes = (int)weights.Model.DataBytes;
        Assert.Equal(bytes, guest.Call("memory64_read", 0L, 0, bytes));
        Assert.Equal(weights.Model.Data(0, bytes), guest.Bytes(0, bytes));
        Assert.All(weights.Requests, r => Assert.Single(r.Segments));
        Assert.Equal(0, weights.Out);
    }

    [Fact]
    public void Read_LastByteAndBeyond_IsServedAndRefused()
    {
        TestWeights weights = new();
        using CallingGuest guest = CallingGuest.Create(weights, CallingGuest.Own);
        long end = weights.Model.DataBytes;
        Assert.Equal(1, guest.Call("memory64_read", end - 1, At, 1));
        Assert.Equal(weights.Model.Data(end - 1, 1), guest.Bytes(At, 1));
        Assert.Equal(0, guest.Call("memory64_read", end, At, 0));
        guest.Write(At, [7, 7, 7, 7, 7, 7, 7, 7]);
        foreach ((long offset, int size) in new[] { (end, 1), (end - 1, 2), (-1L, 1), (long.MaxValue, 1), (long.MinValue, 8), (end + 1, 0) })
            Assert.Equal(GuestCode.ReadFailed, guest.CodeOf("memory64_read", offset, At, size));
        Assert.Equal(new byte[] { 7, 7, 7, 7, 7, 7, 7, 7 }, guest.Bytes(At, 8));
    }

    [Fact]
    public void Read_SplitModel_GoesFromShardToShard()
    {
        GuestTestModel model = new();
        model.Add("token_embd.weight", GgmlType.Q8_0, 0, 32, 3);
        model.Add("blk.0.attn_q.weight", GgmlType.F32, 0, 61);
        model.Add("blk.1.attn_q.weight", GgmlType.F32, 1, 63);
        model.Add("blk.1.attn_k.weight", GgmlType.Q4_0, 1, 32, 5);
        model.Add("output.weight", GgmlType.F16, 2, 77);
        TestWeights weights = new(model);
        using CallingGuest guest = CallingGuest.Create(weights, CallingGuest.Own);
        int bytes = (int)model.DataBytes;
        Assert.Equal(bytes, guest.Call("memory64_read", 0L, At, bytes));
        Assert.Equal(model.Data(0, bytes), guest.Bytes(At, bytes));
        long second = model.DataOffset(model.Tensors[2]);
        Assert.Equal(40, guest.Call("memory64_read", second - 20, At, 40));
        Assert.Equal(model.Data(second - 20, 40), guest.Bytes(At, 40));
    }

    [Fact]
    public void Read_WideAlignment_PaddingIsZeros()
    {
        GuestTestModel model = new() { Alignment = 65_536, HeaderBytes = 65_536 };
        model.Add("token_embd.weight", GgmlType.F32, 0, 5);
        model.Add("blk.0.attn_q.weight", GgmlType.F32, 0, 9);
        TestWeights weights = new(model);
        using CallingGuest guest = CallingGuest.Create(weights, CallingGuest.Own);
        int bytes = (int)model.DataBytes;
        guest.Write(40_000, [1, 2, 3]);
        Assert.Equal(bytes, guest.Call("memory64_read", 0L, 0, bytes));
        Assert.Equal(model.Data(0, bytes), guest.Bytes(0, bytes));
    }

    [Fact]
    public void Read_TensorOfNoLayer_IsRefusedAndItsNeighboursServed()
    {
        GuestTestModel model = new();
        model.Add("token_embd.weight", GgmlType.F32, 0, 8);
        TensorInfo unknown = model.Add("v.patch_embd.weight", GgmlType.F32, 0, 8);
        model.Add("blk.0.attn_q.weight", GgmlType.F32, 0, 8);
        TestWeights weights = new(model);
        using CallingGuest guest = CallingGuest.Create(weights, CallingGuest.Own);
        long offset = model.DataOffset(unknown);
        Assert.Equal(GuestCode.ReadFailed, guest.CodeOf("memory64_read", offset, At, 4));
        Assert.Equal(GuestCode.ReadFailed, guest.CodeOf("memory64_read", 0L, At, (int)model.DataBytes));
        Assert.Equal(32, guest.Call("memory64_read", 0L, At, 32));
        Assert.Equal(32, guest.Call("memory64_read", offset + 32, At, 32));
        Assert.Equal(model.Data(offset + 32, 32), guest.Bytes(At, 32));
    }

    [Fact]
    public void Read_SmallReadsOfNeighbours_ShareALeaseWhichIsGoneAfterTheCall()
    {
        const string Twice = """
            (func (export "twice") (param i64) (result i32)
              (drop (call $memory64_read (local.get 0) (i32.const 0) (i32.const 8)))
              (call $memory64_read (i64.add (local.get 0) (i64.const 8)) (i32.const 8) (i32.const 8)))
            """;
        TestWeights weights = new();
        using CallingGuest guest = CallingGuest.Create(weights, CallingGuest.Own, Twice);
        Assert.Equal(8, guest.Call("twice", 0L));
        Assert.Single(weights.Requests);
        Assert.Equal(weights.Model.Data(0, 16), guest.Bytes(0, 16));
        Assert.Equal((1, 1), (weights.Granted.Count, weights.Quiet));
    }

    [Fact]
    public void Stats_AfterReadsAndErrors_AreExact()
    {
        TestWeights weights = new();
        using CallingGuest guest = CallingGuest.Create(weights, CallingGuest.Own);
        Assert.Equal(1, guest.Call("memory64_is_enabled"));
        Assert.Equal(0, guest.Call("memory64_stats"));
        guest.Call("memory64_read", 0L, At, 100);
        guest.Call("memory64_read", 50L, At, 7);
        Assert.Equal(GuestCode.ReadFailed, guest.CodeOf("memory64_read", -1L, At, 7));
        Assert.Equal(GuestCode.LayerNotFound, guest.CodeOf("memory64_load_layer", 9, At, 7));
        long layer = guest.Call("memory64_load_layer", 0, At, 1 << 20);
        Assert.Equal(3, guest.Call("memory64_stats"));
        Assert.Equal(56, guest.Call("memory64_stats_ex", 8, 56));
        long[] fields = [.. Enumerable.Range(0, 7).Select(i => BinaryPrimitives.ReadInt64LittleEndian(guest.Bytes(8 + 8 * i, 8)))];
        Assert.Equal([3, 107 + layer, weights.Hits, weights.Misses, 5, weights.Loaded.ResidentBytes, 2], fields);
        Assert.True(weights.Hits > 0 && weights.Misses > 0);
        GuestResult result = guest.Guest.Invoke("memory64_stats");
        Assert.Equal((3, 107 + layer, 2), (result.Reads, result.BytesRead, result.Errors));
        weights.Statistics = () => null;
        Assert.Equal(GuestCode.ReadFailed, guest.CodeOf("memory64_stats_ex", 8, 56));
    }

    [Theory]
    [InlineData(ResidencyFormat.F32)]
    [InlineData(ResidencyFormat.F16)]
    public void Bridge_DecodedImage_IsNotEnabled(ResidencyFormat format)
    {
        TestWeights weights = new(options: new ImageOptions(format, TileBytes: 8192, FrameBytes: 4096));
        using CallingGuest guest = CallingGuest.Create(weights, CallingGuest.Own);
        Assert.Equal(0, guest.Call("memory64_is_enabled"));
        Assert.Equal(GuestCode.NotEnabled, guest.CodeOf("memory64_read", 0L, At, 1));
        Assert.Equal(GuestCode.NotEnabled, guest.CodeOf("memory64_load_layer", 0, At, 1 << 20));
        Assert.Equal(56, guest.Call("memory64_stats_ex", 8, 56));
    }

    private static TensorInfo[] Tensors(GuestTestModel model, int layer) => [.. model.Tensors.Where(t => layer switch
    {
        -1 => t.Name.StartsWith("token_embd", StringComparison.Ordinal),
        -2 => t.Name.StartsWith("output", StringComparison.Ordinal),
        _ => t.Name.StartsWith($"blk.{layer}.", StringComparison.Ordinal),
    })];

    // The guest disposes its own; the test looks at the model afterwards.
    private static TestWeights Shared(TestWeights weights) => new(weights.Loaded);
}
