using System.Diagnostics;
using WasmChord.Bench.Figures;
using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Bench.Guests;

/// <summary>
/// Rates of reading one layer that is resident, all in turns within one run: a guest in place, a guest through the
/// bridge, and what the host does with the same bytes: a copy and a sum.
/// </summary>
internal static class Bandwidth
{
    /// <summary>Measures, and prints a table.</summary>
    public static async Task MeasureAsync(string path, int rounds, TextWriter output)
    {
        await using ModelHost host = await ModelHost.OpenAsync(path, BudgetSpec.Auto).ConfigureAwait(false);
        LayerId layer = LayerId.Block(0);
        using LayerLease lease = await host.Model.AcquireLayerAsync(layer).ConfigureAwait(false);
        long bytes = lease.Segments.ToArray().Sum(s => s.ByteLength);
        byte[] copy = GC.AllocateUninitializedArray<byte>(checked((int)bytes));
        (string Name, Func<Task> Work)[] ways =
        [
            ("host: plain copy (memcpy)", () => { Copy(lease, copy); return Task.CompletedTask; }),
            ("host: sum in place", () => { Sum(lease); return Task.CompletedTask; }),
            ("guest: sum in place", () => host.RunAsync(ModelHost.InPlace, "sum_layer", "0")),
            ("guest: sum of copies (bridge)", () => host.RunAsync(ModelHost.Copying, "sum_layer", "0")),
        ];
        List<double>[] rates = [.. ways.Select(_ => new List<double>())];
        for (int round = 0; round <= rounds; round++)
        {
            for (int i = 0; i < ways.Length; i++)
            {
                long start = Stopwatch.GetTimestamp();
                await ways[i].Work().ConfigureAwait(false);
                if (round > 0) rates[i].Add(bytes / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
            }
        }

        MarkdownTable table = new($"{layer}, {bytes} bytes, resident", "GB/s", "of memcpy");
        Series memcpy = new(rates[0]);
        for (int i = 0; i < ways.Length; i++)
        {
            Series rate = new(rates[i]);
            table.Add(ways[i].Name, rate.ToString("0.0"), rate.RatioTo(memcpy).ToString("0.00", System.Globalization.CultureInfo.InvariantCulture));
        }

        output.WriteLine(table);
    }

    private static void Copy(LayerLease lease, byte[] destination)
    {
        if (!lease.TryRead(out LeaseReader reader)) throw new InvalidOperationException("the lease has ended");
        using (reader)
        {
            int at = 0;
            foreach (Segment segment in reader.Segments)
            {
                reader.Bytes(segment).CopyTo(destination.AsSpan(at));
                at += (int)segment.ByteLength;
            }
        }
    }

    private static void Sum(LayerLease lease)
    {
        if (!lease.TryRead(out LeaseReader reader)) throw new InvalidOperationException("the lease has ended");
        using (reader)
            foreach (Segment segment in reader.Segments) ByteSum.Of(reader.Bytes(segment));
    }
}
