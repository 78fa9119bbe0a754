using Spectre.Console;
using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>
/// How far a job has come, in bytes. Shown as a bar on a terminal once the job has taken a while; costs the job one
/// interlocked addition a step.
/// </summary>
internal sealed class JobProgress
{
    private static readonly TimeSpan s_refresh = TimeSpan.FromMilliseconds(100);

    private long _doneBytes;

    /// <summary>Bytes that are done.</summary>
    public long DoneBytes => Volatile.Read(ref _doneBytes);

    /// <summary>The job has done more; from any thread.</summary>
    public void Add(long bytes) => Interlocked.Add(ref _doneBytes, bytes);

    /// <summary>Runs a job under a bar.</summary>
    /// <param name="output">Whose terminal it is drawn on.</param>
    /// <param name="label">What is being done.</param>
    /// <param name="totalBytes">When it will be done.</param>
    /// <param name="job">The job.</param>
    /// <typeparam name="T">Its result.</typeparam>
    public static async Task<T> RunAsync<T>(ToolOutput output, string label, long totalBytes, Func<JobProgress, Task<T>> job)
    {
        JobProgress progress = new();
        Task<T> running = Task.Run(() => job(progress));
        if (output.Terminal is { } terminal && await Task.WhenAny(running, Task.Delay(output.Patience)).ConfigureAwait(false) != running)
            await DrawAsync(terminal, label, totalBytes, progress, running).ConfigureAwait(false);
        return await running.ConfigureAwait(false);
    }

    private static Task DrawAsync(IAnsiConsole terminal, string label, long totalBytes, JobProgress progress, Task running) =>
        terminal.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async context =>
            {
                ProgressTask bar = context.AddTask(Markup.Escape($"{label} ({ByteSize.Format(totalBytes)})"), maxValue: Math.Max(1, totalBytes));
                while (await Task.WhenAny(running, Task.Delay(s_refresh)).ConfigureAwait(false) != running) bar.Value = progress.DoneBytes;
                bar.Value = progress.DoneBytes;
            });
}
