namespace WasmChord.Memory64.Tests.Guests;

public sealed class GuestLimitsTests
{
    private const string Spin = """
        (import "wasmchord" "layer_acquire" (func $acquire (param i32 i32) (result i64)))
        (func (export "spin") (loop $forever (br $forever)))
        (func (export "hold") (drop (call $acquire (i32.const 0) (i32.const -1))) (loop $forever (br $forever)))
        (func (export "wait") (result i64) (call $acquire (i32.const 0) (i32.const -1)))
        (func (export "acquire") (param i32) (result i64) (call $acquire (local.get 0) (i32.const -1)))
        (func (export "trap") (drop (call $acquire (i32.const 0) (i32.const -1))) (unreachable))
        (func (export "fine") (result i32) (i32.const 7))
        """;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly GuestLimits s_short = new() { WallTime = TimeSpan.FromMilliseconds(40) };

    [Fact]
    public void Fuel_SameCall_UsesTheSameAndEndsWhereItRunsOut()
    {
        const string Count = """
            (module (func (export "count") (param i32) (result i32)
              (loop $next (br_if $next (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))) (local.get 0)))
            """;
        long[] used = [.. new[] { 1_000, 1_000, 2_000 }.Select(n =>
        {
            using CallingGuest guest = CallingGuest.From(Count, limits: new GuestLimits { Fuel = 1_000_000 });
            long first = Fuel(guest, n);
            Assert.Equal(first, Fuel(guest, n)); // counts anew with every call
            return first;
        })];
        Assert.Equal(used[0], used[1]);
        Assert.InRange(used[2], used[0] + 1_000, 2 * used[0]);

        using CallingGuest exact = CallingGuest.From(Count, limits: new GuestLimits { Fuel = used[0] });
        Assert.Equal(GuestEnd.Returned, exact.Guest.Invoke("count", 1_000).End);
        // It is looked at where loops and functions begin.
        using CallingGuest less = CallingGuest.From(Count, limits: new GuestLimits { Fuel = used[0] - 20 });
        GuestResult ended = less.Guest.Invoke("count", 1_000);
        Assert.Equal(GuestEnd.OutOfFuel, ended.End);
        Assert.InRange(ended.FuelUsed!.Value, used[0] - 40, used[0]);
        using CallingGuest plain = CallingGuest.From(Count);
        Assert.Null(plain.Guest.Invoke("count", 5).FuelUsed);
        Assert.Throws<ArgumentException>(() => new Guest(CallingGuest.Plain, CallingGuest.Compile(Count), null, new GuestLimits { Fuel = 5 }));

        static long Fuel(CallingGuest guest, int n) => guest.Guest.Invoke("count", n).FuelUsed ?? -1;
    }

    [Theory]
    [InlineData("spin", GuestEnd.TimedOut)]
    [InlineData("hold", GuestEnd.TimedOut)]
    [InlineData("trap", GuestEnd.Trapped)]
    public void End_OfWhateverKind_GivesTheLayersBackAndRepeats(string function, GuestEnd end)
    {
        TestWeights weights = new();
        using CallingGuest guest = CallingGuest.From($"(module {Spin})", weights, s_short);
        GuestResult result = guest.Guest.Invoke(function);
        Assert.Equal(end, result.End);
        Assert.NotEmpty(result.Text);
        Assert.Equal(function == "spin" ? 0 : 1, result.LeasesHeld);
        Assert.Equal((0, 0), (weights.Out, guest.Guest.LeasesHeld));
        Assert.True(guest.Guest.HasEnded);
        Assert.Same(result, guest.Guest.Invoke("fine"));
        Assert.Same(result, guest.Guest.InvokeText("nothing", []));
    }

    [Fact]
    public void Fuel_RunsOutWhileALayerIsHeld_GivesItBack()
    {
        TestWeights weights = new();
        using CallingGuest guest = CallingGuest.From($"(module {Spin})", weights, new GuestLimits { Fuel = 10_000 });
        Assert.Equal((GuestEnd.OutOfFuel, 1), (guest.Guest.Invoke("hold").End, weights.Granted.Count));
        Assert.Equal(0, weights.Out);
    }

    [Fact]
    public void WallTime_PassesInAcquire_EndsTheGuest()
    {
        TestWeights weights = new();
        weights.Script = r =>
        {
            r.Stop.WaitHandle.WaitOne(r.Timeout);
            return TestWeights.Refuse(RefusalReason.DeadlineExceeded);
        };
        string text = $"(module {Spin} (func (export \"try\") (loop $again (drop (call $acquire (i32.const 0) (i32.const -1))) (br $again))))";
        using CallingGuest guest = CallingGuest.From(text, weights, s_short);
        Assert.Equal(GuestEnd.TimedOut, guest.Guest.Invoke("try").End);
        Assert.All(weights.Requests, r => Assert.InRange(r.Timeout, TimeSpan.Zero, s_short.WallTime));
    }

    [Theory]
    [InlineData("spin")]
    [InlineData("hold")]
    public async Task Stop_FromAnotherThread_EndsCodeThatRuns(string function)
    {
        TestWeights weights = new();
        using CallingGuest guest = CallingGuest.From($"(module {Spin})", weights);
        Task<GuestResult> run = Task.Factory.StartNew(() => guest.Guest.Invoke(function), TaskCreationOptions.LongRunning);
        await Task.Delay(30);
        Assert.False(run.IsCompleted);
        guest.Guest.Stop();
        Assert.Equal(GuestEnd.Stopped, (await run.WaitAsync(s_patience)).End);
        Assert.Equal(0, weights.Out);
        Assert.Equal(GuestEnd.Stopped, guest.Guest.Invoke("fine").End);
    }

    [Fact]
    public async Task Stop_FromAnotherThread_EndsAWaitForALayer()
    {
        TestWeights weights = new();
        using ManualResetEventSlim inside = new();
        weights.Script = r =>
        {
            inside.Set();
            return r.Stop.WaitHandle.WaitOne(s_patience) ? TestWeights.Refuse(RefusalReason.Cancelled) : null;
        };
        // What comes after the wait would never end by itself.
        using CallingGuest guest = CallingGuest.From($"(module {Spin})", weights);
        Task<GuestResult> run = Task.Factory.StartNew(() => guest.Guest.Invoke("hold"), TaskCreationOptions.LongRunning);
        Assert.True(inside.Wait(s_patience));
        guest.Guest.Stop();
        Assert.Equal((GuestEnd.Stopped, 0), ((await run.WaitAsync(s_patience)).End, weights.Granted.Count));
    }

    [Fact]
    public void Stop_BeforeTheFirstCallAndAfterTheEnd_IsHarmless()
    {
        TestWeights weights = new();
        CallingGuest guest = CallingGuest.From($"(module {Spin})", weights);
        guest.Guest.Stop();
        Assert.Equal(GuestEnd.Stopped, guest.Guest.Invoke("fine").End);
        guest.Guest.Stop();
        guest.Dispose();
        guest.Dispose();
        guest.Guest.Stop();
        Assert.True(weights.IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => guest.Guest.Invoke("fine"));
    }

    [Fact]
    public async Task Lease_RevokedWhileTheGuestRuns_EndsItAndThePagesStayUntilThen()
    {
        TestWeights weights = new();
        using ManualResetEventSlim inside = new(), goOn = new();
        weights.Script = r =>
        {
            if (weights.Granted.Count == 0) return null;
            inside.Set();
            Assert.True(goOn.Wait(s_patience));
            return TestWeights.Refuse(RefusalReason.QueueFull);
        };
        const string Then = """(func (export "hold_and_ask") (drop (call $acquire (i32.const 0) (i32.const -1))) (drop (call $acquire (i32.const 1) (i32.const -1))) (loop $forever (br $forever)))""";
        using CallingGuest guest = CallingGuest.From($"(module {Spin} {Then})", weights);
        Task<GuestResult> run = Task.Factory.StartNew(() => guest.Guest.Invoke("hold_and_ask"), TaskCreationOptions.LongRunning);
        Assert.True(inside.Wait(s_patience));
        // A guest that waits in a host function meets no tick: until it looks up, revoked pages are still out, and as they were.
        byte[] before = BytesOf(weights);
        Assert.True(weights.Granted[0].Revoke());
        Assert.True(weights.Granted[0].IsEnded);
        Assert.Equal(1, weights.Out);
        Assert.False(run.IsCompleted);
        Assert.Equal(before, BytesOf(weights));
        goOn.Set();
        GuestResult result = await run.WaitAsync(s_patience);
        Assert.Equal((GuestEnd.LeaseRevoked, 1), (result.End, result.LeasesHeld));
        Assert.Equal(0, weights.Out);

        static unsafe byte[] BytesOf(TestWeights weights)
        {
            LayerLease lease = weights.Granted[0];
            Segment first = lease.Segments[0];
            return new Span<byte>(weights.Regions[0].Start + first.Address, (int)first.ByteLength).ToArray();
        }
    }

    [Fact]
    public void Lease_RevokedBetweenCalls_IsQuietOnlyOnceTheGuestHasLetGo()
    {
        TestWeights weights = new();
        CallingGuest guest = CallingGuest.From($"(module {Spin})", weights);
        Assert.True(guest.Call("acquire", 0) >= 0);
        weights.Granted[0].Revoke();
        Assert.Equal(1, weights.Out);
        Assert.Equal(GuestCode.Unavailable, guest.CodeOf("acquire", 0));
        Assert.Equal(1, weights.Out);
        guest.Dispose();
        Assert.Equal(0, weights.Out);
    }

    [Fact]
    public void Leases_OfAGuestThatReturned_StayUntilItIsDisposed()
    {
        TestWeights weights = new();
        CallingGuest guest = CallingGuest.From($"(module {Spin})", weights);
        Assert.True(guest.Call("acquire", 0) >= 0 && guest.Call("acquire", 2) > 0);
        Assert.Equal((2, 2), (weights.Out, guest.Guest.LeasesHeld));
        guest.Dispose();
        Assert.Equal((2, 0), (weights.Granted.Count, weights.Out));
    }

    [Fact]
    public void Memory_BeyondTheLimit_IsNotGrantedAtTheStartNorLater()
    {
        const string Grow = """(module (memory (export "memory") 2) (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))""";
        using CallingGuest guest = CallingGuest.From(Grow, limits: new GuestLimits { MemoryBytes = 5 * 65_536 });
        Assert.Equal(2, guest.Call("grow", 3));
        Assert.Equal(-1, guest.Call("grow", 1));
        Assert.Equal(5, guest.Call("grow", 0));
        Assert.Equal(-1, guest.Call("grow", 65_536));
        using CallingGuest tooLarge = CallingGuest.From(Grow, limits: new GuestLimits { MemoryBytes = 65_536 });
        Assert.Equal(GuestEnd.NotLinked, tooLarge.Guest.Invoke("grow", 0).End);
        using CallingGuest weights = CallingGuest.From("""(module (import "wasmchord" "weights" (memory $w i64 0)) (memory (export "memory") 2) (func (export "grow") (param i32) (result i32) (memory.grow 1 (local.get 0))))""",
            new TestWeights(), new GuestLimits { MemoryBytes = 3 * 65_536 });
        Assert.Equal(2, weights.Call("grow", 1)); // the weights do not count as the guest's
        Assert.Equal(-1, weights.Call("grow", 1));
    }

    [Fact]
    public void Memories_SeveralOfAGuest_AreBoundedTogether()
    {
        const string Pages = """
            (module (memory $a 2) (memory $b i64 2)
              (func (export "a") (param i32) (result i32) (memory.grow $a (local.get 0)))
              (func (export "b") (param i64) (result i64) (memory.grow $b (local.get 0)))
              (func (export "sizes") (result i32) (i32.add (memory.size $a) (i32.wrap_i64 (memory.size $b)))))
            """;
        using CallingGuest guest = CallingGuest.From(Pages, limits: new GuestLimits { Memories = 2, MemoryBytes = 6 * 65_536 });
        Assert.Equal(2, guest.Call("a", 1));
        Assert.Equal(-1, guest.Call("b", 2L));
        Assert.Equal(2, guest.Call("b", 1L));
        Assert.Equal(-1, guest.Call("a", 1));
        Assert.Equal(6, guest.Call("sizes"));
        using CallingGuest tooMany = CallingGuest.From(Pages, limits: new GuestLimits { Memories = 2, MemoryBytes = 3 * 65_536 });
        GuestResult result = tooMany.Guest.Invoke("sizes");
        Assert.Equal(GuestEnd.NotLinked, result.End);
        Assert.Contains("196608 bytes together", result.Text);
    }

    [Fact]
    public void TablesAndMemories_BeyondTheLimits_AreNotLinked()
    {
        GuestLimits limits = new() { TableElements = 10, Tables = 2, Memories = 1 };
        Assert.Equal(GuestEnd.NotLinked, End("(table 11 funcref)"));
        Assert.Equal(GuestEnd.NotLinked, End("(table 1 funcref) (table 1 funcref) (table 1 funcref)"));
        Assert.Equal(GuestEnd.NotLinked, End("(memory 1) (memory 1)"));
        Assert.Equal(GuestEnd.Returned, End("(table 10 funcref) (table 1 funcref) (memory 1)"));
        using CallingGuest guest = CallingGuest.From("""(module (table $t 5 funcref) (func (export "grow") (param i32) (result i32) (table.grow $t (ref.null func) (local.get 0))))""", limits: limits);
        Assert.Equal(5, guest.Call("grow", 5));
        Assert.Equal(-1, guest.Call("grow", 1));

        GuestEnd End(string fields)
        {
            using CallingGuest guest = CallingGuest.From($"(module {fields} (func (export \"f\")))", limits: limits);
            return guest.Guest.Invoke("f").End;
        }
    }

    [Theory]
    [InlineData("(func $f (export \"f\") (call $f))", GuestEnd.StackOverflow)]
    [InlineData("(memory 1) (func (export \"f\") (drop (i32.load (i32.const 65536))))", GuestEnd.OutOfBounds)]
    [InlineData("(memory 1) (func (export \"f\") (drop (i32.load (i32.const -1))))", GuestEnd.OutOfBounds)]
    [InlineData("(table 1 funcref) (func (export \"f\") (drop (table.get 0 (i32.const 3))))", GuestEnd.OutOfBounds)]
    [InlineData("(table 1 funcref) (func (export \"f\") (call_indirect (i32.const 0)))", GuestEnd.Trapped)]
    [InlineData("(func (export \"f\") (unreachable))", GuestEnd.Trapped)]
    [InlineData("(func (export \"f\") (drop (i32.div_s (i32.const 1) (i32.const 0))))", GuestEnd.Trapped)]
    [InlineData("(func (export \"f\") (drop (i32.trunc_f32_s (f32.const nan))))", GuestEnd.Trapped)]
    [InlineData("(func (export \"f\")) (func $s (unreachable)) (start $s)", GuestEnd.Trapped)]
    [InlineData("(func (export \"f\")) (func $s (loop $l (br $l))) (start $s)", GuestEnd.TimedOut)]
    [InlineData("(import \"wasmchord\" \"nothing\" (func)) (func (export \"f\"))", GuestEnd.NotLinked)]
    [InlineData("(import \"wasmchord\" \"log\" (func (param i32) (result i32))) (func (export \"f\"))", GuestEnd.NotLinked)]
    [InlineData("(import \"wasmchord\" \"log\" (global i32)) (func (export \"f\"))", GuestEnd.NotLinked)]
    [InlineData("(import \"wasmchord\" \"weights\" (memory i64 0)) (func (export \"f\"))", GuestEnd.NotLinked)]
    [InlineData("(import \"env\" \"memory\" (memory 1)) (func (export \"f\"))", GuestEnd.NotLinked)]
    public void Guest_ThatFails_EndsWithTheReason(string fields, GuestEnd end)
    {
        using CallingGuest guest = CallingGuest.From($"(module {fields})", limits: s_short);
        GuestResult result = guest.Guest.Invoke("f");
        Assert.Equal(end, result.End);
        Assert.NotEmpty(result.Text);
        Assert.InRange(result.Text.Length, 1, 1_100);
        Assert.Same(result, guest.Guest.Invoke("f"));
    }

    [Fact]
    public void Exception_OfTheHostInACall_IsAResultAndLayersReturn()
    {
        TestWeights weights = new();
        using CallingGuest guest = CallingGuest.Create(weights);
        Assert.True(guest.Call("layer_acquire", 0, -1) >= 0);
        weights.Script = _ => throw new InvalidOperationException("scripted failure of the host");
        GuestResult result = guest.Guest.Invoke("layer_acquire", 1, -1);
        Assert.Equal(GuestEnd.Trapped, result.End);
        Assert.Contains("scripted failure of the host", result.Text);
        Assert.Equal(0, weights.Out);
        using CallingGuest start = CallingGuest.Create(new TestWeights { Statistics = () => throw new IOException("scripted") });
        Assert.Equal(GuestEnd.Trapped, start.Guest.Invoke("memory64_stats_ex", 0, 56).End);
    }

    [Fact]
    public void Region_GoneBeforeTheGuestIsLinked_IsNotLinked()
    {
        TestWeights weights = new();
        using CallingGuest guest = CallingGuest.Create(weights);
        foreach (RegionMapping region in weights.Regions) region.Dispose();
        Assert.Equal(GuestEnd.NotLinked, guest.Guest.Invoke("layer_count").End);
    }

    [Fact]
    public void Log_BeyondTheLimit_IsCutAndCountsAnewWithEachCall()
    {
        const string Text = """
            (module (import "wasmchord" "log" (func $log (param i32 i32) (result i32))) (memory (export "memory") 1) (data (i32.const 0) "0123456789")
              (func (export "twice") (result i32) (i32.add (i32.mul (i32.const 100) (call $log (i32.const 0) (i32.const 10))) (call $log (i32.const 0) (i32.const 10)))))
            """;
        using CallingGuest guest = CallingGuest.From(Text, limits: new GuestLimits { LogBytes = 13 });
        for (int i = 0; i < 2; i++)
        {
            GuestResult result = guest.Guest.Invoke("twice");
            Assert.Equal((1003L, "0123456789012", 0L), (result.Values[0].AsInt64(), result.Log, result.Errors));
        }

        using CallingGuest none = CallingGuest.From(Text, limits: new GuestLimits { LogBytes = 0 });
        Assert.Equal(0, none.Call("twice"));
    }

    [Fact]
    public void Module_TooLargeOrBroken_IsRefused()
    {
        byte[] binary = GuestEngine.BinaryOf("(module (func (export \"f\")))"u8);
        GuestModuleException e = Assert.Throws<GuestModuleException>(() => CallingGuest.Plain.Compile(binary, new GuestLimits { ModuleBytes = binary.Length - 1 }));
        Assert.Equal(GuestModuleError.TooLarge, e.Code);
        Assert.Contains($"{binary.Length}", e.Message);
        Assert.NotNull(CallingGuest.Plain.Compile(binary, new GuestLimits { ModuleBytes = binary.Length }));
        Assert.Throws<GuestModuleException>(() => CallingGuest.Plain.Compile(binary.AsSpan(..^1), new GuestLimits()));
        Assert.Throws<GuestModuleException>(() => CallingGuest.Plain.Compile([], new GuestLimits()));
        Assert.Throws<GuestModuleException>(() => GuestEngine.BinaryOf("(module (func (bad)))"u8));
        Assert.Throws<GuestModuleException>(() => GuestEngine.BinaryOf([0xFF, 0xFE, 0x00]));
        // Well-formed, and wrong by its types: only the engine sees that.
        Assert.Throws<GuestModuleException>(() => CallingGuest.Compile("(module (func (result i32) (i64.const 1)))"));
        Assert.Throws<GuestModuleException>(() => CallingGuest.Compile($"(module (func (param {string.Join(' ', Enumerable.Repeat("i32", 1_001))})))"));
    }

    [Fact]
    public void Limits_ThatMakeNoSense_AreNamed()
    {
        GuestLimits[] bad =
        [
            new() { ModuleBytes = 0 }, new() { MemoryBytes = -1 }, new() { Memories = -1 }, new() { TableElements = -1 }, new() { Tables = -1 },
            new() { TextBytes = -1 }, new() { CompileTime = TimeSpan.Zero }, new() { ScratchBytes = -1 }, new() { Leases = -1 }, new() { LogBytes = -1 }, new() { WallTime = TimeSpan.Zero }, new() { Fuel = 0 },
        ];
        Assert.All(bad, limits => Assert.Throws<ArgumentException>(limits.Validated));
        Assert.Equal(bad.Length, bad.Select(l => Assert.Throws<ArgumentException>(l.Validated).ParamName).Distinct().Count());
    }
}
