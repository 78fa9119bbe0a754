using System.Diagnostics;
using Akka.Actor;
using Spectre.Console;
using WasmChord.Actors;
using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>The table that is redrawn on a terminal while <c>stream</c> runs, and is gone when it ends.</summary>
internal static class LiveView
{
    private static readonly TimeSpan s_refresh = TimeSpan.FromMilliseconds(200);

    /// <summary>Shows a run until it ends; nothing where there is no terminal.</summary>
    public static async Task ShowAsync(
        ToolOutput output, StreamedModel model, IReadOnlyList<RequesterRecord> records, long totalVisits, MemorySampler memory, Task running)
    {
        long start = Stopwatch.GetTimestamp();
        if (output.Terminal is not { } terminal || await Task.WhenAny(running, Task.Delay(output.Patience)).ConfigureAwait(false) == running) return;
        Table table = new Table().Border(TableBorder.Rounded).AddColumns("visits", "hits", "misses", "evictions", "read", "GB/s", "resident / budget", "process");
        table.AddRow(Enumerable.Repeat(new Text(""), table.Columns.Count));
        await terminal.Live(table).AutoClear(true).StartAsync(async context =>
        {
            while (await Task.WhenAny(running, Task.Delay(s_refresh)).ConfigureAwait(false) != running)
            {
                CacheStatistics cache;
                try
                {
                    cache = (await model.GetStatisticsAsync().ConfigureAwait(false)).Cache;
                }
                catch (AskTimeoutException)
                {
                    // A model that is gone answers nothing; its requesters say why.
                    continue;
                }

                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                string[] cells =
                [
                    $"{records.Sum(r => r.VisitCount)} / {totalVisits}", $"{cache.Hits}", $"{cache.Misses}", $"{cache.Evictions}",
                    ByteSize.Format(cache.BytesRead), $"{cache.BytesRead / seconds / 1e9:0.00}",
                    $"{ByteSize.Format(cache.UsedBytes)} / {ByteSize.Format(model.Description.BudgetBytes)}", ByteSize.Format(memory.PeakBytes),
                ];
                for (int i = 0; i < cells.Length; i++) table.UpdateCell(0, i, cells[i]);
                context.Refresh();
            }
        }).ConfigureAwait(false);
    }
}
