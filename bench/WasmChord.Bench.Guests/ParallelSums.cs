using System.Diagnostics;
using System.Globalization;
using WasmChord.Bench.Figures;
using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Bench.Guests;

/// <summary>Many guests sum all layers at once: their results against the host's own, their memory, and their rate in place and through the bridge.</summary>
internal static class ParallelSums
{
    /// <summary>Measures, and prints a table; a wrong sum ends the program.</summary>
    public static async Task MeasureAsync(string path, BudgetSpec budget, int guests, int rounds, TextWriter output)
    {
        (long expected, long modelBytes) = await HostSumAsync(path).ConfigureAwait(false);
        output.WriteLine($"the host's sum of {modelBytes} bytes: {expected}");
        (string Name, byte[] Module)[] ways = [("in place", ModelHost.InPlace), ("through the bridge", ModelHost.Copying)];
        List<double>[] seconds = [[], []];
        long[] growth = [0, 0], read = [0, 0];
        for (int round = 0; round < rounds; round++)
        {
            for (int i = 0; i < ways.Length; i++)
            {
                long idle = ProcessMemory.Sample().PrivateBytes;
                await using ModelHost host = await ModelHost.OpenAsync(path, budget).ConfigureAwait(false);
                using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(200));
                long peak = 0, start = Stopwatch.GetTimestamp();
                byte[] module = ways[i].Module;
                Task<GuestResult[]> all = Task.WhenAll(Enumerable.Range(0, guests).Select(_ => host.RunAsync(module, "run")));
                while (!all.IsCompleted)
                {
                    peak = Math.Max(peak, ProcessMemory.Sample().PrivateBytes);
                    await Task.WhenAny(all, timer.WaitForNextTickAsync().AsTask()).ConfigureAwait(false);
                }

                seconds[i].Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
                foreach (GuestResult result in await all.ConfigureAwait(false))
                    if (result.Values[0].AsInt64() != expected) throw new InvalidOperationException($"a guest's sum {ways[i].Name} is {result.Values[0]}, not {expected}");
                growth[i] = Math.Max(growth[i], peak - idle);
                read[i] = (await host.Model.GetStatisticsAsync().ConfigureAwait(false)).Cache.BytesRead;
            }
        }

        MarkdownTable table = new($"{guests} guests, budget {budget}", "s", "GB/s of all guests", "bytes read ÷ model", "memory over idle");
        for (int i = 0; i < ways.Length; i++)
        {
            Series time = new(seconds[i]);
            table.Add(ways[i].Name, time.ToString("0.0"), (modelBytes * guests / time.Median / 1e9).ToString("0.0", CultureInfo.InvariantCulture),
                ((double)read[i] / modelBytes).ToString("0.00", CultureInfo.InvariantCulture), ByteSize.Format(growth[i]));
        }

        output.WriteLine(table);
        output.WriteLine($"in place is {new Series(seconds[1]).RatioTo(new Series(seconds[0])).ToString("0.0", CultureInfo.InvariantCulture)} times as fast as through the bridge");
    }

    // By plain reads, past everything that guests use.
    private static async Task<(long Sum, long Bytes)> HostSumAsync(string path)
    {
        await using GgufModel model = await GgufModel.OpenAsync(path).ConfigureAwait(false);
        byte[] buffer = new byte[8 << 20];
        long sum = 0;
        foreach (TensorInfo tensor in model.Tensors)
        {
            using FileStream file = File.OpenRead(model.Files[tensor.FileIndex].Name);
            file.Position = tensor.FileOffset;
            for (long left = tensor.ByteLength; left > 0;)
            {
                int part = (int)Math.Min(left, buffer.Length);
                file.ReadExactly(buffer, 0, part);
                sum += ByteSum.Of(buffer.AsSpan(0, part));
                left -= part;
            }
        }

        return (sum, model.TensorBytes);
    }
}
