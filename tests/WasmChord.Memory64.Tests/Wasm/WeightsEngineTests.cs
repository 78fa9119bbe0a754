using Wasmtime;

namespace WasmChord.Memory64.Tests.Wasm;

public sealed unsafe class WeightsEngineTests
{
    private const string Reader = """
        (module
          (import "wasmchord" "weights" (memory $w i64 98304))
          (memory (export "memory") 1)
          (func (export "at") (param i64) (result i32) (i32.load8_u $w (local.get 0)))
          (func (export "grow") (result i32) (memory.grow 1 (i32.const 3))))
        """;

    private const long SixGigabytes = 6L << 30;

    [Fact]
    public void Bind_TwoStores_SeeOneRegionAboveFourGibibytesInPlace()
    {
        using RegionMapping region = RegionMapping.Reserve(SixGigabytes, hugePages: true);
        using WeightsEngine engine = new();
        using Module module = Module.FromText(engine.Engine, "reader", Reader);
        using Store first = new(engine.Engine), second = new(engine.Engine);
        Func<long, int> a = Guest(engine, first, module, region), b = Guest(engine, second, module, region);

        const long Above = (5L << 30) + 12_345;
        region.Start[Above] = 171;
        Assert.Equal(171, a(Above));
        Assert.Equal(171, b(Above));
        region.Start[Above] = 9;
        Assert.Equal(9, b(Above));
    }

    // Wasmtime would map such data copy on write into the memory, which ends the process where the memory is not its own.
    [Theory]
    [InlineData(0)]
    [InlineData(65_536)]
    public void Instance_OfAModuleWithData_FindsItInItsOwnMemory(int at)
    {
        using WeightsEngine engine = new();
        using Module module = Module.FromText(engine.Engine, "data", $$"""
            (module
              (memory (export "memory") 3)
              (data (i32.const {{at}}) "{{new string('a', 70_000)}}")
              (func (export "at") (param i32) (result i32) (i32.load8_u (local.get 0))))
            """);
        for (int i = 0; i < 2; i++)
        {
            using Store store = new(engine.Engine);
            Instance instance = new(store, module);
            Func<int, int> read = instance.GetFunction<int, int>("at")!;
            Assert.Equal(['a', 'a', '\0'], [(char)read(at), (char)read(at + 69_999), (char)read(at + 70_000)]);
        }
    }

    [Fact]
    public void Bind_ReadPastTheEnd_TrapsInTheGuest()
    {
        using RegionMapping region = RegionMapping.Reserve(SixGigabytes, hugePages: true);
        using WeightsEngine engine = new();
        using Module module = Module.FromText(engine.Engine, "reader", Reader);
        using Store store = new(engine.Engine);
        Func<long, int> at = Guest(engine, store, module, region);
        Assert.Throws<TrapException>(() => at(SixGigabytes));
        Assert.Throws<TrapException>(() => at(-1));
        Assert.Equal(0, at(SixGigabytes - 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65L << 20)]
    [InlineData(1L << 30)]
    [InlineData((4L << 30) - (2L << 20) - 1)]
    [InlineData(4L << 30)]
    public void Bind_ReadBeyondASmallRegion_TrapsInTheGuestWhereverItAims(long beyond)
    {
        using RegionMapping region = RegionMapping.Reserve(2L << 20, hugePages: false);
        using WeightsEngine engine = new();
        using Module module = Module.FromText(engine.Engine, "small", Reader.Replace("98304", "1 65536", StringComparison.Ordinal));
        using Store store = new(engine.Engine);
        Func<long, int> at = Guest(engine, store, module, region);
        Assert.Equal(0, at((2L << 20) - 1));
        Assert.Throws<TrapException>(() => at((2L << 20) + beyond));
    }

    [Fact]
    public void Bind_RegionDisposedBeforeItsStore_StaysMappedUntilTheStoreIsGone()
    {
        RegionMapping region = RegionMapping.Reserve(SixGigabytes, hugePages: true);
        region.Start[77] = 5;
        using WeightsEngine engine = new();
        using Module module = Module.FromText(engine.Engine, "reader", Reader);
        Store store = new(engine.Engine);
        Func<long, int> at = Guest(engine, store, module, region);
        region.Dispose();
        Assert.False(region.IsClosed && at is null);
        Assert.Equal(5, at(77));
        store.Dispose();
    }

    [Fact]
    public void GuestMemory_Grows_InAMappingOfItsOwn()
    {
        using RegionMapping region = RegionMapping.Reserve(SixGigabytes, hugePages: true);
        using WeightsEngine engine = new();
        using Module module = Module.FromText(engine.Engine, "reader", Reader);
        using Store store = new(engine.Engine);
        Instance instance = Instantiate(engine, store, module, region);
        Assert.Equal(1, instance.GetFunction<int>("grow")!());
        Assert.Equal(4, instance.GetMemory("memory")!.GetSize());
    }

    private static Func<long, int> Guest(WeightsEngine engine, Store store, Module module, RegionMapping region) =>
        Instantiate(engine, store, module, region).GetFunction<long, int>("at")!;

    private static Instance Instantiate(WeightsEngine engine, Store store, Module module, RegionMapping region)
    {
        using Linker linker = new(engine.Engine);
        linker.Define("wasmchord", "weights", engine.Bind(store, region));
        return linker.Instantiate(store, module);
    }
}
