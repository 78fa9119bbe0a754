using System.Text;
using WasmChord.Memory64;

namespace WasmChord.Actors.Tests;

public sealed class ProcessorPlacesTests : IDisposable
{
    private const string Processor = """
        (module (memory (export "memory") 1)
          (func (export "logits_buffer") (param i32) (result i32) (i32.const 0))
          (func (export "process_logits") (param i32 i32 i32) (result i32) (i32.const 0)))
        """;

    private readonly GuestEngine _engine = new(compiledBytes: 0);

    [Fact]
    public void TryTake_WhenAllAreTaken_IsRefusedUntilOneIsGivenUp()
    {
        ProcessorPlaces places = new(2);
        ProcessorPlace first = places.TryTake()!, second = places.TryTake()!;
        Assert.Null(places.TryTake());
        Assert.Equal(2, places.Taken);
        Assert.True(first.Start(Create));
        Assert.Null(places.TryTake());
        first.Dispose();
        first.Dispose();
        Assert.Equal(1, places.Taken);
        Assert.Throws<ObjectDisposedException>(() => first.Started!.TryProcess(new float[8], 0, out _));
        using ProcessorPlace third = places.TryTake()!;
        Assert.NotNull(third);
        second.Dispose();
        // It never began: whoever would have started it finds it given up.
        Assert.False(second.Start(() => throw new InvalidOperationException("started")));
        Assert.Equal(1, places.Taken);
    }

    [Fact]
    public void Start_GivenUpMeanwhile_DisposesWhatWasStartedAndFreesThePlace()
    {
        ProcessorPlaces places = new(1);
        ProcessorPlace place = places.TryTake()!;
        GuestLogitsProcessor? late = null;
        Assert.False(place.Start(() =>
        {
            late = Create();
            place.Dispose();
            Assert.Equal(1, places.Taken); // its thread still works for it
            return late;
        }));
        Assert.Null(place.Started);
        Assert.Throws<ObjectDisposedException>(() => late!.TryProcess(new float[8], 0, out _));
        Assert.Equal(0, places.Taken);
    }

    [Fact]
    public void Start_ThatFails_KeepsThePlaceUntilItIsGivenUp()
    {
        ProcessorPlaces places = new(1);
        ProcessorPlace place = places.TryTake()!;
        Assert.Throws<GuestModuleException>(() => place.Start(() => throw new GuestModuleException(GuestModuleError.Malformed, "no")));
        Assert.Equal(1, places.Taken);
        place.Dispose();
        Assert.Equal(0, places.Taken);
        ProcessorPlace failing = places.TryTake()!;
        Assert.Throws<GuestModuleException>(() => failing.Start(() =>
        {
            failing.Dispose();
            throw new GuestModuleException(GuestModuleError.Malformed, "no");
        }));
        Assert.Equal(0, places.Taken);
    }

    public void Dispose() => _engine.Dispose();

    private GuestLogitsProcessor Create()
    {
        GuestLimits limits = new();
        using GuestModule module = _engine.CompileFile(Encoding.UTF8.GetBytes(Processor), limits);
        return GuestLogitsProcessor.Start(_engine, module, limits, TimeSpan.FromSeconds(5), 8);
    }
}
