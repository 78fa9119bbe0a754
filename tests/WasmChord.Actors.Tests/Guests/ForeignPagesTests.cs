using Akka.Actor;
using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Actors.Tests;

/// <summary>
/// A guest goes through every byte of a model's image in place, whether it is loaded or not, while another model is open
/// or has just been closed: what it sees is its own model's or zero. The other model is made of one byte, which does not
/// occur in the guest's.
/// </summary>
public sealed class ForeignPagesTests() : EngineTestKit(
    "wasmchord.guests.wall-time = 60s", TestModel.Create(seed: 2, change: static b => b == Foreign ? (byte)(Foreign - 1) : b))
{
    private const byte Foreign = 0xA5;

    // How many bytes are the other model's, and how many are not zero.
    private static readonly byte[] s_scan = """
        (module
          (import "wasmchord" "weights" (memory $w i64 0))
          (func (export "run") (result i64 i64) (local $at i64) (local $end i64) (local $byte i32) (local $foreign i64) (local $set i64)
            (local.set $end (i64.shl (memory.size $w) (i64.const 16)))
            (loop $next
              (local.set $byte (i32.load8_u $w (local.get $at)))
              (local.set $foreign (i64.add (local.get $foreign) (i64.extend_i32_u (i32.eq (local.get $byte) (i32.const 0xA5)))))
              (local.set $set (i64.add (local.get $set) (i64.extend_i32_u (i32.ne (local.get $byte) (i32.const 0)))))
              (local.set $at (i64.add (local.get $at) (i64.const 1)))
              (br_if $next (i64.lt_u (local.get $at) (local.get $end))))
            (local.get $foreign) (local.get $set)))
        """u8.ToArray();

    [SkippableTheory]
    [InlineData(4096, false)]
    [InlineData(4096, true)]
    [InlineData(ImageOptions.HugePageBytes, false)]
    [InlineData(ImageOptions.HugePageBytes, true)]
    public async Task Read_OfEveryByteInPlace_IsTheModelsOwnOrZeroWhateverElseIsOrWasOpen(long frameBytes, bool staysOpen)
    {
        Skip.IfNot(MappedImage.IsSupported, "guests can share an image on Linux only");
        using TestModel foreign = TestModel.Create(change: static _ => Foreign);
        StreamedModel other = await OpenAsync(foreign, "40layers", frameBytes);
        await LoadAllAsync(other);
        await AssertShowsAsync(other, static scan => scan.Foreign);
        if (!staysOpen)
        {
            await other.DisposeAsync();
            Assert.True(SpinWait.SpinUntil(() => Extension.Ledger.ReservedBytes == 0, TimeSpan.FromSeconds(20)), "pages of a closed model are held");
        }

        Assert.DoesNotContain(Foreign, Model.Bytes);
        await using (StreamedModel model = await OpenAsync(Model, "2layers", frameBytes))
        {
            Assert.Equal((0, 0), await ScanAsync(model));
            await ScanWhileLayersComeAndGoAsync(model);
            for (int restart = 0; restart < 2; restart++)
            {
                long generation = (await model.GetStatisticsAsync()).Generation;
                Sys.ActorSelection(model.Actor.Path / "region").Tell(Kill.Instance);
                for (long now = generation; now == generation;) now = (await model.GetStatisticsAsync()).Generation;
                Assert.Equal((0, 0), await ScanAsync(model));
                await ScanWhileLayersComeAndGoAsync(model);
            }
        }

        // With room for all of it, what is in place in the end is the model and nothing else.
        await using (StreamedModel model = await OpenAsync(Model, "40layers", frameBytes))
        {
            await LoadAllAsync(model);
            Assert.Equal(0, (await ScanAsync(model)).Foreign);
            await AssertShowsAsync(model, static scan => scan.Set);
        }

        if (!staysOpen) return;
        await AssertShowsAsync(other, static scan => scan.Foreign);
        await other.DisposeAsync();
    }

    private Task<StreamedModel> OpenAsync(TestModel model, string budget, long frameBytes) => Extension.OpenModelAsync(model.Path, new ModelOptions
    {
        Budget = BudgetSpec.Parse(budget),
        ResidentThresholdBytes = 0,
        Configure = s => s with { Image = new ImageOptions(TileBytes: 8192, FrameBytes: frameBytes), Populate = PopulateMode.Off, ReadAhead = BudgetSpec.Bytes(1) },
    });

    // A scan sees layers arrive and leave under it; guests that hold them see what the host sees.
    private async Task ScanWhileLayersComeAndGoAsync(StreamedModel model)
    {
        long expected = GuestTexts.Expected(model, Model.Bytes);
        Task[] sums = [.. Enumerable.Range(0, 3).Select(_ => SumAsync())];
        do Assert.Equal(0, (await ScanAsync(model)).Foreign);
        while (!sums.All(s => s.IsCompleted));
        await Task.WhenAll(sums);
        Assert.Equal(0, (await ScanAsync(model)).Foreign);
        Assert.True((await model.GetStatisticsAsync()).Cache.Evictions > 0, "no layer has left");

        async Task SumAsync()
        {
            for (int i = 0; i < 4; i++)
            {
                GuestResult result = await model.RunGuestAsync(GuestTexts.Sum);
                Assert.True(result.HasReturned, $"{result.End}: {result.Text}");
                Assert.Equal(expected, result.Values.Single().AsInt64());
            }
        }
    }

    private static async Task<(long Foreign, long Set)> ScanAsync(StreamedModel model)
    {
        GuestResult result = await model.RunGuestAsync(s_scan);
        Assert.True(result.HasReturned, $"{result.End}: {result.Text}");
        return (result.Values[0].AsInt64(), result.Values[1].AsInt64());
    }

    private static async Task LoadAllAsync(StreamedModel model)
    {
        foreach (LayerId layer in model.Description.Layers) (await model.AcquireLayerAsync(layer)).Dispose();
    }

    // That a scan finds what is there: at least the weights, and perhaps what lies beside them in the file's pages.
    private static async Task AssertShowsAsync(StreamedModel model, Func<(long Foreign, long Set), long> count) =>
        Assert.InRange(count(await ScanAsync(model)), model.Description.TensorBytes * 9 / 10, long.MaxValue);
}
