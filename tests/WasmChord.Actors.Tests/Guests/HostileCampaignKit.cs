using WasmChord.Gguf;
using WasmChord.Memory64;
using WasmChord.Memory64.Tests.Guests;

namespace WasmChord.Actors.Tests.Guests;

/// <summary>
/// Guests that mean harm share a model, whose layers come and go, with guests that mean well: these get the right results
/// throughout, and at the end nothing is held and not a bit of the weights has changed.
/// </summary>
public abstract class HostileCampaignKit : EngineTestKit
{
    private const int AtOnce = 12;
    private const string Negative = "negative";

    private protected HostileCampaignKit(TestModel? model = null) : base(model: model)
    {
    }

    /// <summary>Acquires a layer, finds a tensor, and hashes its bytes in place.</summary>
    private const string Hasher = """
        (module
          (import "wasmchord" "weights" (memory $weights i64 0))
          (import "wasmchord" "layer_acquire" (func $acquire (param i32 i32) (result i64)))
          (import "wasmchord" "layer_release" (func $release (param i32) (result i32)))
          (import "wasmchord" "layer_tensor" (func $tensor (param i32 i32 i32 i32) (result i32)))
          (memory $own (export "memory") 1)
          (data (memory $own) (i32.const 0) "attn_q.weight")
          (func (export "hash") (param $layer i32) (result i64) (local $at i64) (local $end i64) (local $hash i64) (local $address i64)
            (local.set $address (call $acquire (local.get $layer) (i32.const -1)))
            (if (i64.lt_s (local.get $address) (i64.const 0)) (then (return (local.get $address))))
            (if (call $tensor (local.get $layer) (i32.const 0) (i32.const 13) (i32.const 64)) (then (return (i64.const -100))))
            (local.set $at (i64.load $own (i32.const 64)))
            (local.set $end (i64.add (local.get $at) (i64.load $own (i32.const 72))))
            (loop $next
              (local.set $hash (i64.add
                (i64.mul (local.get $hash) (i64.const 31))
                (i64.load8_u $weights (local.get $at))))
              (local.set $at (i64.add (local.get $at) (i64.const 1)))
              (br_if $next (i64.lt_u (local.get $at) (local.get $end))))
            (drop (call $release (local.get $layer)))
            (i64.and (local.get $hash) (i64.const 0x7fffffffffffffff))))
        """;

    /// <summary>Runs so many of them, a dozen at a time.</summary>
    private protected async Task RunHostileAsync(StreamedModel model, int seed, int count)
    {
        using CancellationTokenSource over = new();
        Task<int> neighbour = HashAllTheTimeAsync(model, over.Token);
        List<string> failures = [];
        Dictionary<string, int> ends = [];
        using SemaphoreSlim places = new(AtOnce);
        List<Task> running = [];
        int turn = 0;
        foreach (HostileModule hostile in HostileModules.Generate(seed, count))
        {
            await places.WaitAsync();
            bool isMetered = turn++ % 2 == 0;
            running.Add(Task.Run(async () =>
            {
                try
                {
                    string end = await RunAsync(model, hostile, isMetered);
                    lock (ends)
                    {
                        ends[end] = ends.GetValueOrDefault(end) + 1;
                        if (!IsExpected(hostile, end)) failures.Add($"{hostile}: {end}");
                    }
                }
                finally
                {
                    places.Release();
                }
            }));
        }

        await Task.WhenAll(running);
        over.Cancel();
        Assert.True(await neighbour > 0, "the guest that means well never ran");
        Assert.True(failures.Count == 0, string.Join('\n', failures));
        await AssertNothingHeldAsync(model);
        foreach (LayerId layer in model.Description.Layers)
        {
            using LayerLease lease = await model.AcquireLayerAsync(layer);
            AssertBytes(lease);
        }

        GuestProtocol.GuestStatistics statistics = await model.GetGuestStatisticsAsync();
        Assert.Equal(0, statistics.Running);
        Assert.True(ends.Keys.Count > 6, string.Join(", ", ends.Select(pair => $"{pair.Key} {pair.Value}")));
    }

    /// <summary>How a guest ended: a refusal with its code, or the end of its call and the sign of its result.</summary>
    private static async Task<string> RunAsync(StreamedModel model, HostileModule hostile, bool isMetered)
    {
        GuestLimits limits = new()
        {
            MemoryBytes = 4 << 20,
            TableElements = 20_000,
            WallTime = TimeSpan.FromMilliseconds(isMetered ? 2_000 : 60),
            Fuel = isMetered ? 2_000_000 : null,
        };
        try
        {
            GuestResult result = await model.RunGuestAsync(hostile.Bytes, new GuestOptions { Invoke = HostileModule.Entry, Limits = limits });
            bool isNegative = result is { HasReturned: true, Values: [var value] } && (int)value.Bits < 0;
            return isNegative ? Negative : result.End.ToString();
        }
        catch (GuestRefusedException e)
        {
            return e.Message.Contains("the weights", StringComparison.Ordinal) ? nameof(HostileOutcome.WritesWeights) : e.Reason.ToString();
        }
    }

    private static bool IsExpected(HostileModule hostile, string end) => hostile.Outcome switch
    {
        HostileOutcome.WritesWeights => end == nameof(HostileOutcome.WritesWeights),
        HostileOutcome.Refused => end == nameof(GuestRefusal.BadModule),
        HostileOutcome.NotStarted => end is nameof(GuestEnd.NotLinked) or nameof(GuestEnd.NoSuchFunction),
        HostileOutcome.Negative => end == Negative,
        HostileOutcome.Returned => end == nameof(GuestEnd.Returned),
        HostileOutcome.Satisfied => end != nameof(GuestEnd.Trapped),
        HostileOutcome.Stopped => end is nameof(GuestEnd.OutOfFuel) or nameof(GuestEnd.TimedOut) or nameof(GuestEnd.StackOverflow)
            or nameof(GuestEnd.OutOfBounds) or nameof(GuestEnd.Trapped),
        _ => true,
    };

    /// <summary>Hashes one layer after the other until told to stop; each hash must be right. Returns how many were.</summary>
    private async Task<int> HashAllTheTimeAsync(StreamedModel model, CancellationToken over)
    {
        byte[] module = System.Text.Encoding.UTF8.GetBytes(Hasher);
        GuestLimits patient = new() { WallTime = TimeSpan.FromSeconds(60) };
        int right = 0;
        for (int layer = 0; !over.IsCancellationRequested; layer = (layer + 1) % 6)
        {
            GuestResult result = await model.RunGuestAsync(module, new GuestOptions { Invoke = "hash", Arguments = [$"{layer}"], Limits = patient });
            Assert.True(result.HasReturned, result.Text);
            Assert.Equal(HashOf(model, LayerId.Block(layer)), result.Values[0].Bits);
            right++;
        }

        return right;
    }

    // The same hash over the file's bytes; a layer's second tensor is attn_q.
    private long HashOf(StreamedModel model, LayerId layer)
    {
        Segment[] tensor = [.. model.Description.Layout.Segments.Of(layer).ToArray().GroupBy(s => s.TensorIndex).OrderBy(g => g.Key).ElementAt(1)];
        long hash = 0;
        foreach (Segment segment in tensor)
            foreach (byte b in Model.Bytes.AsSpan((int)segment.FileOffset, (int)segment.FileByteLength)) hash = unchecked(hash * 31 + b);
        return hash & long.MaxValue;
    }
}
