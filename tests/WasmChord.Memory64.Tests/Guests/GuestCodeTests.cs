using WasmChord.Gguf;

namespace WasmChord.Memory64.Tests.Guests;

/// <summary>Every code from every function that can return it; the guest sees the number, the host the enum's member.</summary>
public sealed class GuestCodeTests
{
    private const int Buffer = 1024, Size = 64 * 65_536;
    private const int F32 = (int)GgmlType.F32, Q4K = (int)GgmlType.Q4_K;

    // What a function is called with where nothing is wrong with its pointers.
    private static readonly Dictionary<string, GuestValue[]> s_plain = new()
    {
        ["memory64_load_layer"] = [0, Buffer, 1 << 20],
        ["memory64_read"] = [0L, Buffer, 16],
        ["memory64_stats_ex"] = [Buffer, 56],
        ["layer_acquire"] = [0, -1],
        ["layer_release"] = [0],
        ["layer_bytes"] = [0],
        ["layer_tensor"] = [0, Buffer, 4, 2 * Buffer],
        ["layer_tensor_at"] = [0, 0, Buffer],
        ["metadata_number"] = [Buffer, 4, 2 * Buffer],
        ["metadata_text"] = [Buffer, 4, 2 * Buffer, 100],
        ["weights_read"] = [0L, Buffer, 16],
        ["log"] = [Buffer, 4],
        ["tensor_dequantize"] = [0L, F32, 4, Buffer],
        ["matvec"] = [0L, F32, 2, 4, Buffer, Buffer],
        ["rms_norm"] = [Buffer, Buffer, 4, 1e-5f, Buffer],
        ["rope"] = [Buffer, 1, 4, 4, 0, 10_000f, 0],
        ["softmax"] = [Buffer, 4],
        ["silu_multiply"] = [Buffer, Buffer, 4, Buffer],
    };

    // Where each function takes pointers, and how the length behind one is made too long; −1: the length is fixed.
    private static readonly (string Function, int Pointer, int Length)[] s_pointers =
    [
        ("memory64_load_layer", 1, -1), ("memory64_read", 1, 2), ("memory64_stats_ex", 0, -1), ("layer_tensor", 1, 2), ("layer_tensor", 3, -1),
        ("layer_tensor_at", 2, -1), ("metadata_number", 0, 1), ("metadata_number", 2, -1), ("metadata_text", 0, 1), ("metadata_text", 2, -1),
        ("weights_read", 1, 2), ("log", 0, 1), ("tensor_dequantize", 3, -1), ("matvec", 4, -1), ("matvec", 5, -1), ("rms_norm", 0, -1),
        ("rms_norm", 1, -1), ("rms_norm", 4, -1), ("rope", 0, -1), ("softmax", 0, 1), ("silu_multiply", 0, -1), ("silu_multiply", 1, -1),
        ("silu_multiply", 3, -1),
    ];

    public static TheoryData<string, int, int> Pointers
    {
        get
        {
            TheoryData<string, int, int> data = [];
            foreach ((string function, int pointer, int length) in s_pointers) data.Add(function, pointer, length);
            return data;
        }
    }

    [Fact]
    public void Codes_PageAndEnum_AreTheSame()
    {
        Dictionary<string, int> members = Enum.GetValues<GuestCode>().Where(c => c != GuestCode.Ok).ToDictionary(NameOf, c => (int)c);
        Assert.Equal(GuestInterface.Codes.OrderBy(c => c.Value), members.OrderBy(c => c.Value));
        Assert.Equal(Enumerable.Range(-16, 16), members.Values.Order());
    }

    [Fact]
    public void Functions_OfThePage_AreAllThereWithTheirTypes()
    {
        Assert.Equal(21, GuestInterface.Functions.Count);
        using CallingGuest guest = CallingGuest.Create(null, CallingGuest.Own);
        Assert.Equal(0, guest.Call("layer_count"));
    }

    [Fact]
    public void NoModel_EveryFunctionOfWeights_IsNotEnabled()
    {
        using CallingGuest guest = CallingGuest.Create(null, CallingGuest.Own);
        Assert.Equal((0, 0, 0), (guest.Call("memory64_is_enabled"), guest.Call("memory64_stats"), guest.Call("layer_count")));
        string[] without = ["log", "rms_norm", "rope", "softmax", "silu_multiply"];
        int refused = 0;
        foreach ((string function, GuestValue[] arguments) in s_plain)
        {
            GuestCode code = guest.CodeOf(function, arguments);
            Assert.True(without.Contains(function) ? code >= 0 : code == GuestCode.NotEnabled, $"{function}: {code}");
            if (code < 0) refused++;
        }

        Assert.Equal(refused, guest.Guest.Invoke("layer_count").Errors);
    }

    [Fact]
    public void ImageWithoutARegion_FunctionsInPlace_AreNotEnabledAndCopiesWork()
    {
        using TestWeights whole = new();
        TestWeights weights = new(whole.Loaded) { HasRegions = false };
        using CallingGuest guest = CallingGuest.Create(weights, CallingGuest.Own);
        foreach (string function in new[] { "layer_acquire", "layer_release", "weights_read", "tensor_dequantize", "matvec" })
            Assert.Equal(GuestCode.NotEnabled, guest.CodeOf(function, s_plain[function]));
        Assert.Equal(16, guest.Call("memory64_read", s_plain["memory64_read"]));
        Assert.Equal(3, guest.Call("layer_count"));
        Assert.Equal(0, guest.Call("layer_tensor_at", s_plain["layer_tensor_at"]));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-3)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void LayerThatIsNotThere_EveryFunctionOfLayers_IsLayerNotFound(int layer)
    {
        TestWeights weights = new();
        using CallingGuest guest = CallingGuest.Create(weights);
        foreach (string function in new[] { "memory64_load_layer", "layer_acquire", "layer_release", "layer_bytes", "layer_tensor", "layer_tensor_at" })
        {
            GuestValue[] arguments = [.. s_plain[function]];
            arguments[0] = layer;
            Assert.Equal(GuestCode.LayerNotFound, guest.CodeOf(function, arguments));
        }

        Assert.Empty(weights.Requests);
    }

    [Fact]
    public void ResultThatDoesNotFit_IsBufferTooSmallAndNothingIsWritten()
    {
        TestWeights weights = new();
        using CallingGuest guest = CallingGuest.Create(weights);
        guest.Write(Buffer, [9, 9, 9, 9, 9, 9, 9, 9]);
        int bytes = (int)guest.Call("layer_bytes", 0);
        Assert.Equal(GuestCode.BufferTooSmall, guest.CodeOf("memory64_load_layer", 0, Buffer, bytes - 1));
        Assert.Equal(GuestCode.BufferTooSmall, guest.CodeOf("memory64_load_layer", 0, Buffer, 0));
        Assert.Equal(GuestCode.BufferTooSmall, guest.CodeOf("memory64_stats_ex", Buffer, 55));
        int key = guest.Write(0, "general.name");
        Assert.Equal(GuestCode.BufferTooSmall, guest.CodeOf("metadata_text", 0, key, Buffer, 15));
        Assert.Equal(new byte[] { 9, 9, 9, 9, 9, 9, 9, 9 }, guest.Bytes(Buffer, 8));
        Assert.Equal(16, guest.Call("metadata_text", 0, key, Buffer, 16));
        Assert.Equal("Modell Größe 7"u8.ToArray(), guest.Bytes(Buffer, 16));
    }

    [Theory]
    [MemberData(nameof(Pointers))]
    public void Pointer_BeyondTheMemory_IsToldFromOneBeyondTheAddresses(string function, int pointer, int length)
    {
        TestWeights weights = new();
        using CallingGuest guest = CallingGuest.Create(weights);
        GuestValue[] arguments = Prepare(guest, function);
        Assert.True(guest.CodeOf(function, arguments) >= 0);
        if (length >= 0) arguments[length] = 8;
        arguments[pointer] = -4;
        Assert.Equal(GuestCode.PointerOverflow, guest.CodeOf(function, arguments));
        arguments[pointer] = Size - 4;
        Assert.Equal(GuestCode.PointerOutOfBounds, guest.CodeOf(function, arguments));
        arguments[pointer] = int.MinValue;
        Assert.Equal(GuestCode.PointerOutOfBounds, guest.CodeOf(function, arguments));
    }

    [Theory]
    [MemberData(nameof(Pointers))]
    public void MemoryThatIsNotExported_IsNoMemory(string function, int pointer, int length)
    {
        _ = (pointer, length);
        TestWeights weights = new();
        using CallingGuest guest = CallingGuest.Create(weights, "");
        Assert.Equal(GuestCode.NoMemory, guest.CodeOf(function, Prepare(guest, function)));
    }

    [Fact]
    public void StartFunction_HasNoMemoryYet()
    {
        foreach (string function in s_pointers.Select(p => p.Function).Distinct())
        {
            if (function is "weights_read" or "tensor_dequantize" or "matvec") continue; // they look at the address first
            GuestInterface.HostFunction host = GuestInterface.Functions.Single(f => f.Name == function);
            string constants = string.Join(' ', s_plain[function].Zip(host.Parameters).Select(p => $"({p.Second}.const {p.First})"));
            string start = $"(global $seen (mut i32) (i32.const 0)) (func $start (global.set $seen (call ${function} {constants}))) (start $start) (func (export \"seen\") (result i32) (global.get $seen))";
            using CallingGuest guest = CallingGuest.Create(new TestWeights(), CallingGuest.Own, start);
            Assert.Equal(GuestCode.NoMemory, guest.CodeOf("seen"));
            Assert.True(guest.Guest.Invoke("seen").Errors > 0);
        }
    }

    [Theory]
    [InlineData("memory64_load_layer")]
    [InlineData("memory64_read")]
    [InlineData("memory64_stats_ex")]
    [InlineData("layer_tensor_at")]
    [InlineData("weights_read")]
    [InlineData("tensor_dequantize")]
    [InlineData("matvec")]
    [InlineData("rms_norm")]
    [InlineData("rope")]
    [InlineData("softmax")]
    [InlineData("silu_multiply")]
    public void MemoryThatIsTheWeights_IsWriteFailedAndTheWeightsStayAsTheyWere(string function)
    {
        TestWeights weights = new();
        using CallingGuest guest = CallingGuest.Create(weights, CallingGuest.WeightsAsMemory);
        GuestValue[] arguments = Prepare(guest, function);
        Assert.Equal(GuestCode.WriteFailed, guest.CodeOf(function, arguments));
        AssertLoadedBytes(weights);
    }

    [Fact]
    public void MemoryThatIsTheWeights_NamesAndKeys_AreReadFromItAndAnswersRefused()
    {
        GuestTestModel model = GuestTestModel.Small();
        TestWeights weights = new(model);
        using CallingGuest guest = CallingGuest.Create(weights, CallingGuest.WeightsAsMemory);
        int address = (int)guest.Call("layer_acquire", 0, -1);
        Assert.Equal(GuestCode.NotFound, guest.CodeOf("layer_tensor", 0, address, 4, address));
        Assert.Equal(GuestCode.NotFound, guest.CodeOf("metadata_number", address, 4, address));
        Assert.Equal(GuestCode.NotFound, guest.CodeOf("metadata_text", address, 4, address, 100));
        Assert.Equal(4, guest.Call("log", address, 4));
    }

    [Theory]
    [InlineData(RefusalReason.DeadlineExceeded, GuestCode.TimedOut)]
    [InlineData(RefusalReason.Cancelled, GuestCode.TimedOut)]
    [InlineData(RefusalReason.LayerExceedsBudget, GuestCode.Refused)]
    [InlineData(RefusalReason.WouldWait, GuestCode.Refused)]
    [InlineData(RefusalReason.QueueFull, GuestCode.Refused)]
    [InlineData(RefusalReason.BudgetShrunk, GuestCode.Refused)]
    [InlineData(RefusalReason.OwnerHoldsLease, GuestCode.Refused)]
    [InlineData(RefusalReason.LayerUnavailable, GuestCode.ReadFailed)]
    [InlineData(RefusalReason.UnknownSegment, GuestCode.LayerNotFound)]
    [InlineData(RefusalReason.ShuttingDown, GuestCode.Unavailable)]
    [InlineData(RefusalReason.StaleGeneration, GuestCode.Unavailable)]
    [InlineData(RefusalReason.OwnerGone, GuestCode.Unavailable)]
    public void Refusal_OfTheCache_IsTheSameCodeInPlaceAndForCopies(RefusalReason reason, GuestCode code)
    {
        TestWeights weights = new();
        weights.Script = _ => TestWeights.Refuse(reason);
        using CallingGuest guest = CallingGuest.Create(weights);
        Assert.Equal((long)code, guest.Call("layer_acquire", 0, -1));
        Assert.Equal(code, guest.CodeOf("memory64_read", 0L, Buffer, 4));
        Assert.Equal(code, guest.CodeOf("memory64_load_layer", 0, Buffer, 1 << 20));
        weights.Script = null;
        Assert.True(guest.Call("layer_acquire", 0, -1) >= 0);
        Assert.Equal(4, guest.Call("memory64_read", 0L, Buffer, 4));
    }

    [Fact]
    public void Lease_EndedBeforeItCouldBeEntered_IsUnavailable()
    {
        TestWeights weights = new();
        weights.Script = r =>
        {
            GuestAcquisition got = weights.Grant(r.Segments);
            got.Lease!.Revoke();
            return got;
        };
        using CallingGuest guest = CallingGuest.Create(weights);
        Assert.Equal(GuestCode.Unavailable, guest.CodeOf("layer_acquire", 0, -1));
        Assert.Equal(GuestCode.Unavailable, guest.CodeOf("memory64_read", 0L, Buffer, 4));
        Assert.Equal(GuestCode.Unavailable, guest.CodeOf("memory64_load_layer", 0, Buffer, 1 << 20));
        Assert.Equal(0, weights.Out);
    }

    [Fact]
    public void Lease_OfAnotherImage_IsUnavailableAndGivenBack()
    {
        using TestWeights other = new();
        TestWeights weights = new();
        weights.Script = r => other.Grant(r.Segments);
        using CallingGuest guest = CallingGuest.Create(weights);
        Assert.Equal(GuestCode.Unavailable, guest.CodeOf("layer_acquire", 0, -1));
        Assert.Equal((1, 0), (other.Granted.Count, other.Out));
    }

    [Fact]
    public void Address_ThatIsNotAcquired_IsNotAcquired()
    {
        TestWeights weights = new();
        using CallingGuest guest = CallingGuest.Create(weights);
        Assert.Equal(GuestCode.NotAcquired, guest.CodeOf("layer_release", 0));
        long address = guest.Call("layer_acquire", 1, -1), end = address + guest.Call("layer_bytes", 1);
        foreach (long bad in new[] { 0L, address - 4, end, -1L, long.MinValue, long.MaxValue, 1L << 40 })
        {
            Assert.Equal(GuestCode.NotAcquired, guest.CodeOf("weights_read", bad, Buffer, 1));
            Assert.Equal(GuestCode.NotAcquired, guest.CodeOf("tensor_dequantize", bad, F32, 1, Buffer));
            Assert.Equal(GuestCode.NotAcquired, guest.CodeOf("matvec", bad, F32, 1, 4, Buffer, Buffer));
        }

        Assert.Equal(1, guest.Call("weights_read", end - 1, Buffer, 1));
        Assert.Equal(GuestCode.NotAcquired, guest.CodeOf("weights_read", end - 1, Buffer, 2));
        Assert.Equal(GuestCode.NotAcquired, guest.CodeOf("tensor_dequantize", address, F32, 64, Buffer)); // the tensor has 63
        Assert.Equal(GuestCode.NotAcquired, guest.CodeOf("tensor_dequantize", address, F32, int.MaxValue, Buffer));
        Assert.Equal(GuestCode.NotAcquired, guest.CodeOf("matvec", address, F32, int.MaxValue, 60, Buffer, Buffer));
        Assert.Equal(GuestCode.BadArgument, guest.CodeOf("matvec", address, F32, int.MaxValue, int.MaxValue, Buffer, Buffer)); // 2^64 bytes
        Assert.Equal(GuestCode.Ok, guest.CodeOf("layer_release", 1));
        Assert.Equal(GuestCode.NotAcquired, guest.CodeOf("weights_read", address, Buffer, 1));
        Assert.Equal(GuestCode.NotAcquired, guest.CodeOf("layer_release", 1));
    }

    [Fact]
    public void Leases_MoreThanTheLimit_AreTooManyAndTheSameLayerTwiceIsOne()
    {
        TestWeights weights = new();
        using CallingGuest guest = CallingGuest.Create(weights, limits: new GuestLimits { Leases = 2 });
        long first = guest.Call("layer_acquire", 0, -1);
        Assert.True(first >= 0 && guest.Call("layer_acquire", 1, -1) > first);
        Assert.Equal(GuestCode.TooManyLeases, guest.CodeOf("layer_acquire", 2, -1));
        Assert.Equal(first, guest.Call("layer_acquire", 0, -1));
        Assert.Equal((2, 2), (guest.Guest.LeasesHeld, weights.Requests.Count));
        Assert.Equal(GuestCode.Ok, guest.CodeOf("layer_release", 0));
        Assert.Equal(GuestCode.TooManyLeases, guest.CodeOf("layer_acquire", 2, -1));
        Assert.Equal(GuestCode.Ok, guest.CodeOf("layer_release", 0));
        Assert.True(guest.Call("layer_acquire", 2, -1) > 0);
        Assert.Equal([true, false, false], weights.Requests.Select(r => r.MayWait));
        using CallingGuest none = CallingGuest.Create(new TestWeights(), limits: new GuestLimits { Leases = 0 });
        Assert.Equal(GuestCode.TooManyLeases, none.CodeOf("layer_acquire", 0, -1));
        Assert.Equal(16, none.Call("memory64_read", 0L, Buffer, 16));
    }

    [Fact]
    public void TensorOrKeyThatIsNotThere_IsNotFound()
    {
        TestWeights weights = new();
        using CallingGuest guest = CallingGuest.Create(weights);
        foreach (string name in new[] { "", ".", "weight", "attn_q", "q.weight", "blk.1.attn_q.weight", "0.attn_q.weight", ".attn_q.weight", "ATTN_Q.weight", "blk.0.attn_q.weight\0" })
            Assert.Equal(GuestCode.NotFound, guest.CodeOf("layer_tensor", 0, Buffer, guest.Write(Buffer, name), Buffer));
        foreach (int index in new[] { 3, -1, int.MaxValue, int.MinValue })
            Assert.Equal(GuestCode.NotFound, guest.CodeOf("layer_tensor_at", 0, index, Buffer));
        Assert.Equal(GuestCode.NotFound, guest.CodeOf("layer_tensor", -1, Buffer, guest.Write(Buffer, "weight"), Buffer));
        foreach (string key in new[] { "", "nothing", "general.name", "llama.list" })
            Assert.Equal(GuestCode.NotFound, guest.CodeOf("metadata_number", Buffer, guest.Write(Buffer, key), Buffer));
        foreach (string key in new[] { "", "nothing", "llama.block_count", "llama.list" })
            Assert.Equal(GuestCode.NotFound, guest.CodeOf("metadata_text", Buffer, guest.Write(Buffer, key), Buffer, 100));
    }

    [Fact]
    public void TypeThatIsNone_OrNotTheTensors_IsBadType()
    {
        TestWeights weights = new();
        using CallingGuest guest = CallingGuest.Create(weights);
        long address = guest.Call("layer_acquire", 0, -1);
        foreach (int type in new[] { -1, 4, 5, 31, 999, int.MinValue, int.MaxValue, Q4K })
        {
            Assert.Equal(GuestCode.BadType, guest.CodeOf("tensor_dequantize", address, type, 256, Buffer));
            Assert.Equal(GuestCode.BadType, guest.CodeOf("matvec", address, type, 1, 256, Buffer, Buffer));
        }
    }

    [Fact]
    public void NumberThatMakesNoSense_IsBadArgument()
    {
        TestWeights weights = new();
        using CallingGuest guest = CallingGuest.Create(weights);
        long address = guest.Call("layer_acquire", 0, -1), blocks = Address(guest, 0, "attn_q.weight");
        (string Function, GuestValue[] Arguments)[] cases =
        [
            ("weights_read", [address, Buffer, -1]),
            ("log", [Buffer, -1]),
            ("layer_tensor", [0, Buffer, 5000, Buffer]),
            ("metadata_number", [Buffer, 5000, Buffer]),
            ("metadata_text", [Buffer, 5000, Buffer, 100]),
            ("tensor_dequantize", [address, F32, -1, Buffer]),
            ("tensor_dequantize", [address, F32, 4, Buffer + 2]),
            ("tensor_dequantize", [address + 2, F32, 4, Buffer]),
            ("tensor_dequantize", [blocks, Q4K, 255, Buffer]),
            ("tensor_dequantize", [blocks + 1, Q4K, 256, Buffer]),
            ("matvec", [address, F32, 1, 0, Buffer, Buffer]),
            ("matvec", [address, F32, 1, -4, Buffer, Buffer]),
            ("matvec", [address, F32, -1, 4, Buffer, Buffer]),
            ("matvec", [address, F32, 1, 4, Buffer + 1, Buffer]),
            ("matvec", [address, F32, 1, 4, Buffer, Buffer + 3]),
            ("matvec", [blocks, Q4K, 1, 128, Buffer, Buffer]),
            ("matvec", [blocks + 72, Q4K, 1, 256, Buffer, Buffer]),
            ("rms_norm", [Buffer, Buffer, 0, 1e-5f, Buffer]),
            ("rms_norm", [Buffer, Buffer, -1, 1e-5f, Buffer]),
            ("rms_norm", [Buffer + 1, Buffer, 4, 1e-5f, Buffer]),
            ("rms_norm", [Buffer, Buffer + 2, 4, 1e-5f, Buffer]),
            ("rms_norm", [Buffer, Buffer, 4, 1e-5f, Buffer + 3]),
            ("softmax", [Buffer + 1, 4]),
            ("softmax", [Buffer, -1]),
            ("silu_multiply", [Buffer + 1, Buffer, 4, Buffer]),
            ("silu_multiply", [Buffer, Buffer + 1, 4, Buffer]),
            ("silu_multiply", [Buffer, Buffer, 4, Buffer + 1]),
            ("silu_multiply", [Buffer, Buffer, -1, Buffer]),
            ("rope", [Buffer + 1, 1, 4, 4, 0, 1e4f, 0]),
            ("rope", [Buffer, -1, 4, 4, 0, 1e4f, 0]),
            ("rope", [Buffer, 1, 0, 4, 0, 1e4f, 0]),
            ("rope", [Buffer, 1, 4, 0, 0, 1e4f, 0]),
            ("rope", [Buffer, 1, 4, 3, 0, 1e4f, 0]),
            ("rope", [Buffer, 1, 4, 6, 0, 1e4f, 0]),
            ("rope", [Buffer, 1, 4, 4, -1, 1e4f, 0]),
            ("rope", [Buffer, 1, 4, 4, 0, 1e4f, 2]),
            ("rope", [Buffer, 1, 4, 4, 0, 1e4f, -1]),
            ("rope", [Buffer, 1, 4, 4, 0, 0f, 0]),
            ("rope", [Buffer, 1, 4, 4, 0, -1f, 0]),
            ("rope", [Buffer, 1, 4, 4, 0, float.NaN, 0]),
            ("rope", [Buffer, 1 << 20, 1 << 20, 4, 0, 1e4f, 0]),
            ("rope", [Buffer, int.MaxValue, int.MaxValue - 1, 4, 0, 1e4f, 0]),
        ];
        foreach ((string function, GuestValue[] arguments) in cases)
        {
            GuestCode code = guest.CodeOf(function, arguments);
            Assert.True(code == GuestCode.BadArgument, $"{function}({string.Join(", ", arguments)}): {code}");
        }

        Assert.Equal(cases.Length, guest.Guest.Invoke("layer_count").Errors);
    }

    private static string NameOf(GuestCode code) =>
        string.Concat(code.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{c}" : $"{c}")).ToUpperInvariant();

    // Makes a call that would succeed with an ordinary memory: acquires what it needs, and writes the names that it reads.
    private static GuestValue[] Prepare(CallingGuest guest, string function)
    {
        GuestValue[] arguments = [.. s_plain[function]];
        if (function is "weights_read" or "tensor_dequantize" or "matvec") arguments[0] = guest.Call("layer_acquire", 0, -1);
        bool hasOwn = guest.Guest.Module.Info.Exports.Any(e => e.Name == "peek");
        if (hasOwn && function == "layer_tensor") arguments[2] = guest.Write(Buffer, "attn_q.weight");
        if (hasOwn && function == "metadata_number") arguments[1] = guest.Write(Buffer, "llama.block_count");
        if (hasOwn && function == "metadata_text") arguments[1] = guest.Write(Buffer, "general.name");
        return arguments;
    }

    private static long Address(CallingGuest guest, int layer, string name)
    {
        Assert.Equal(0, guest.Call("layer_tensor", layer, Buffer, guest.Write(Buffer, name), Buffer));
        return BitConverter.ToInt64(guest.Bytes(Buffer, 8));
    }

    private static unsafe void AssertLoadedBytes(TestWeights weights)
    {
        foreach (SegmentId id in weights.Requests.SelectMany(r => r.Segments).Distinct())
        {
            Segment s = weights.Loaded.Layout.Segments[id];
            byte[] expected = new byte[s.ByteLength];
            GuestTestModel.Fill(weights.Model.Tensors[s.TensorIndex], s.TensorByteOffset, expected);
            Assert.True(expected.AsSpan().SequenceEqual(new ReadOnlySpan<byte>(weights.Loaded.Memory.AddressOf(s), expected.Length)), $"segment {id}");
        }
    }
}
