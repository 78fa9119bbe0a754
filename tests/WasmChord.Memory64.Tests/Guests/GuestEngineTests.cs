using System.Text;

namespace WasmChord.Memory64.Tests.Guests;

public sealed class GuestEngineTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void Compile_KnownModule_IsAHitUntilItIsTheLeastRecentlyUsed()
    {
        using GuestEngine engine = new(compiledModules: 2);
        GuestModule a = Compile(engine, 1), b = Compile(engine, 2);
        Assert.Same(a.Compiled, Compile(engine, 1).Compiled);
        Assert.Equal((2, 1), (engine.Compilations, engine.CompiledHits));
        Compile(engine, 3); // b leaves
        Assert.Same(a.Compiled, Compile(engine, 1).Compiled);
        Assert.NotSame(b.Compiled, Compile(engine, 2).Compiled);
        Assert.Equal((4, 2), (engine.Compilations, engine.CompiledHits));
        Assert.Equal(64, a.Hash.Length);
        Assert.NotEqual(a.Hash, b.Hash);
    }

    [Fact]
    public void Compile_LimitBelowAKnownModule_IsRefusedAllTheSame()
    {
        using GuestEngine engine = new();
        byte[] binary = Binary(1);
        engine.Compile(binary, new GuestLimits());
        Assert.Throws<GuestModuleException>(() => engine.Compile(binary, new GuestLimits { ModuleBytes = 10 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GuestEngine(compiledModules: 0));
    }

    [Fact]
    public void Compile_MoreBytesThanAreKept_ForgetsTheLeastRecentlyUsed()
    {
        long one;
        using (GuestEngine probe = new()) one = Compile(probe, 1).CompiledBytes;
        Assert.InRange(one, 100, 1 << 20);
        using GuestEngine engine = new(compiledBytes: 2 * one);
        Compile(engine, 1);
        Compile(engine, 2);
        Assert.Equal(2 * one, engine.CompiledBytes);
        Compile(engine, 3); // the first leaves
        Assert.Equal(2 * one, engine.CompiledBytes);
        Compile(engine, 2);
        Assert.Equal((3, 1), (engine.Compilations, engine.CompiledHits));
        Compile(engine, 1);
        Assert.Equal((4, 1), (engine.Compilations, engine.CompiledHits));
    }

    [Fact]
    public void Compile_AModuleLargerThanWhatIsKept_WorksAndIsNotKept()
    {
        using GuestEngine engine = new(compiledBytes: 0);
        using GuestModule module = Compile(engine, 5);
        using Guest guest = new(engine, module, null, new GuestLimits());
        Assert.Equal(5, guest.Invoke("f").Values[0].AsInt64());
        Assert.Equal(0, engine.CompiledBytes);
        Compile(engine, 5);
        Assert.Equal((2, 0), (engine.Compilations, engine.CompiledHits));
    }

    [Fact]
    public void Compiled_ForgottenAndUnused_IsFreedWithTheLastGuest()
    {
        using GuestEngine engine = new(compiledModules: 1);
        GuestModule first = Compile(engine, 1), second = first.Share();
        Guest guest = new(engine, first, null, new GuestLimits());
        first.Dispose();
        first.Dispose();
        second.Dispose();
        Assert.Throws<ObjectDisposedException>(() => new Guest(engine, first, null, new GuestLimits()));
        Compile(engine, 2); // the first leaves
        GuestModule last = guest.Module.Share();
        Assert.Equal(1, guest.Invoke("f").Values[0].AsInt64());
        guest.Dispose();
        last.Dispose();
        Assert.Throws<ObjectDisposedException>(() => last.Share());
        Assert.True(last.IsFreed);
    }

    [Fact]
    public void Constructor_StackOutOfRange_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new GuestEngine(stackBytes: GuestEngine.SmallestStackBytes - 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GuestEngine(stackBytes: GuestEngine.LargestStackBytes + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GuestEngine(compiledBytes: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new GuestEngine(compilations: 0));
    }

    [Theory]
    [InlineData(GuestEngine.SmallestStackBytes)]
    [InlineData(GuestEngine.LargestStackBytes)]
    public void Recursion_OnAStackOfAnySize_EndsAsDeepAsThatAllows(int stackBytes)
    {
        using GuestEngine engine = new(stackBytes: stackBytes);
        byte[] binary = GuestEngine.BinaryOf("""
            (module (global $depth (mut i32) (i32.const 0)) (func $f (export "f") (global.set $depth (i32.add (global.get $depth) (i32.const 1))) (call $f) (call $f))
              (func (export "below") (result i32) (global.get $depth)))
            """u8);
        using GuestModule module = engine.Compile(binary, new GuestLimits());
        using Guest guest = new(engine, module, null, new GuestLimits());
        Assert.Equal(GuestEnd.StackOverflow, guest.Invoke("f").End);
    }

    [Fact]
    public void Guest_OfAModuleThatWasForgotten_RunsBeforeAndAfterCollections()
    {
        using GuestEngine engine = new(compiledModules: 1);
        using Guest linked = new(engine, Compile(engine, 7), null, new GuestLimits());
        Assert.Equal(7, linked.Invoke("f").Values[0].AsInt64());
        using Guest unlinked = new(engine, Compile(engine, 8), null, new GuestLimits());
        for (int i = 100; i < 110; i++)
        {
            using Guest passing = new(engine, Compile(engine, i), null, new GuestLimits());
            Assert.Equal(i, passing.Invoke("f").Values[0].AsInt64());
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.Equal(7, linked.Invoke("f").Values[0].AsInt64());
        Assert.Equal(8, unlinked.Invoke("f").Values[0].AsInt64());
        Assert.Equal(12, engine.Compilations);
    }

    [Fact]
    public async Task Compile_SameModuleOnManyThreads_GivesOneThatWorks()
    {
        for (int round = 0; round < 10; round++)
        {
            using GuestEngine engine = new();
            using Barrier together = new(4);
            GuestModule[] modules = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(() =>
            {
                Assert.True(together.SignalAndWait(s_patience));
                return Compile(engine, round);
            }, TaskCreationOptions.LongRunning)));
            Assert.Equal((1, 3), (engine.Compilations, engine.CompiledHits));
            Assert.Single(modules.Select(module => module.Compiled).Distinct());
            foreach (GuestModule module in modules)
            {
                using Guest guest = new(engine, module, null, new GuestLimits());
                Assert.Equal(round, guest.Invoke("f").Values[0].AsInt64());
            }
        }
    }

    [Fact]
    public void Dispose_WhileGuestsExist_TheyEndAndAreDisposedWithoutHarm()
    {
        GuestEngine engine = new();
        GuestModule module = Compile(engine, 3);
        Guest linked = new(engine, module, null, new GuestLimits()), unlinked = new(engine, module, null, new GuestLimits());
        Assert.Equal(3, linked.Invoke("f").Values[0].AsInt64());
        engine.Dispose();
        engine.Dispose();
        Assert.Equal(GuestEnd.Stopped, linked.Invoke("f").End);
        Assert.Equal(GuestEnd.Stopped, unlinked.Invoke("f").End);
        linked.Dispose();
        unlinked.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Compile(engine, 3));
    }

    [Fact]
    public async Task Dispose_WhileAGuestSpins_StopsIt()
    {
        for (int round = 0; round < 5; round++)
        {
            GuestEngine engine = new();
            GuestModule module = engine.Compile(GuestEngine.BinaryOf("(module (func (export \"f\") (loop $l (br $l))))"u8), new GuestLimits());
            using Guest guest = new(engine, module, null, new GuestLimits());
            using ManualResetEventSlim begun = new();
            Task<GuestResult> run = Task.Factory.StartNew(() =>
            {
                begun.Set();
                return guest.Invoke("f");
            }, TaskCreationOptions.LongRunning);
            Assert.True(begun.Wait(s_patience));
            await Task.Delay(round * 5);
            engine.Dispose();
            Assert.Equal(GuestEnd.Stopped, (await run.WaitAsync(s_patience)).End);
        }
    }

    [Fact]
    public async Task Guests_OnManyThreads_SeeOneImageAndEndAlone()
    {
        using TestImage image = new(GuestTestModel.Small());
        GuestModule module = CallingGuest.Compile("""
            (module (import "wasmchord" "weights" (memory $w i64 0))
              (import "wasmchord" "layer_acquire" (func $acquire (param i32 i32) (result i64)))
              (import "wasmchord" "layer_release" (func $release (param i32) (result i32)))
              (func (export "f") (param i32) (result i64) (local i64)
                (local.set 1 (i64.load (call $acquire (local.get 0) (i32.const -1))))
                (if (i32.eq (local.get 0) (i32.const 2)) (then (unreachable)))
                (drop (call $release (local.get 0)))
                (local.get 1)))
            """);
        byte[] first = GuestTestModel.Bytes(image.Model.Tensor("blk.1.attn_norm.weight"));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Factory.StartNew(() =>
        {
            for (int round = 0; round < 20; round++)
            {
                TestWeights weights = new(image);
                using Guest guest = new(CallingGuest.Plain, module, weights, new GuestLimits());
                int layer = i % 2 == 0 ? 1 : 2;
                GuestResult result = guest.Invoke("f", layer);
                if (layer == 1) Assert.Equal(BitConverter.ToInt64(first), result.Values[0].AsInt64());
                else Assert.Equal(GuestEnd.Trapped, result.End);
                Assert.Equal(0, weights.Out);
            }
        }, TaskCreationOptions.LongRunning)));
    }

    [Fact]
    public void Guests_ThousandsOneAfterAnother_LeaveNothingBehind()
    {
        using TestImage image = new(GuestTestModel.Small());
        Run(image, 200);
        long memory = Settled(), mappings = Mappings();
        Run(image, 2_000);
        Assert.InRange(Settled() - memory, long.MinValue, 64L << 20);
        Assert.InRange(Mappings() - mappings, long.MinValue, 200);
    }

    private static void Run(TestImage image, int count)
    {
        for (int i = 0; i < count; i++)
        {
            TestWeights weights = new(image);
            using CallingGuest guest = CallingGuest.Create(weights);
            Assert.True(guest.Call("layer_acquire", i % 3, -1) >= 0);
            if (i % 7 == 0) guest.Call("poke", 60 * 65_536, 1L);
            if (i % 5 == 0) Assert.Equal(GuestEnd.OutOfBounds, guest.Guest.Invoke("at", -8L).End);
        }
    }

    private static long Settled()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return ProcessMemory.Sample().PrivateBytes;
    }

    private static long Mappings() => File.ReadLines("/proc/self/maps").Count();

    private static byte[] Binary(int n) => GuestEngine.BinaryOf(Encoding.UTF8.GetBytes($"(module (func (export \"f\") (result i32) (i32.const {n})))"));

    private static GuestModule Compile(GuestEngine engine, int n) => engine.Compile(Binary(n), new GuestLimits());

    [Theory]
    [InlineData("""(module (import "a" "b" (func (param (ref func)))))""")]
    [InlineData("""(module (import "a" "b" (func (result (ref null func)))) (import "a" "c" (func (result (ref extern)))))""")]
    [InlineData("""(module (type $t (func)) (import "a" "b" (global (ref null $t))))""")]
    [InlineData("""(module (type $t (func)) (import "a" "b" (table 0 (ref null $t))))""")]
    [InlineData("""(module (func (export "run") (param (ref func))))""")]
    [InlineData("""(module (type $t (func)) (global (export "g") (ref null $t) (ref.null $t)))""")]
    [InlineData("""(module (func $f) (table 3 (ref func) (ref.func $f)))""")]
    [InlineData("""(module (type $t (func)) (table (export "t") 0 (ref null $t)))""")]
    [InlineData("""(module (type $t (func)) (func (export "run") (result (ref null $t)) (ref.null $t)))""")]
    public void Compile_TypedReferencesWhereTheyMustBeDescribed_IsRefused(string text)
    {
        using GuestEngine engine = new();
        GuestModuleException e = Assert.Throws<GuestModuleException>(() => engine.Compile(GuestEngine.BinaryOf(Encoding.UTF8.GetBytes(text)), new GuestLimits()));
        Assert.Equal(GuestModuleError.UnsupportedFeature, e.Code);
    }

    [Theory]
    [InlineData("(i32.const 0) (if (then))", 50_000)]
    [InlineData("(block)", 100_000)]
    public void Compile_FunctionOfManyBlocks_IsRefusedBeforeItIsCompiled(string block, int count)
    {
        using GuestEngine engine = new(isMetered: true);
        string text = $"(module (func (export \"run\") {string.Concat(Enumerable.Repeat(block, count))}))";
        GuestModuleException e = Assert.Throws<GuestModuleException>(() => engine.CompileFile(Encoding.UTF8.GetBytes(text), new GuestLimits { TextBytes = 4 << 20 }));
        Assert.Equal(GuestModuleError.TooLarge, e.Code);
        Assert.Contains("a compiler", e.Message, StringComparison.Ordinal);
        Assert.Equal(0, engine.Compilations);
    }
}
