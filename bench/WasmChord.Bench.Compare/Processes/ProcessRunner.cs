using System.Diagnostics;
using System.Text;

namespace WasmChord.Bench.Compare;

/// <summary>Runs a process to its end, within a memory limit and a time limit.</summary>
internal static class ProcessRunner
{
    /// <summary>Runs a command with nothing on its standard input. When time is up, it and its children are ended.</summary>
    /// <param name="command">What to run.</param>
    /// <param name="group">The memory that it may use; closed by the caller.</param>
    /// <param name="timeout">The longest that it may take.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public static async Task<ProcessOutcome> RunAsync(ProcessCommand command, IMemoryGroup group, TimeSpan timeout, CancellationToken cancellationToken)
    {
        ProcessCommand entered = group.Enter(command);
        using Process process = new()
        {
            StartInfo = new ProcessStartInfo(entered.File, entered.Arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true },
        };
        long start = Stopwatch.GetTimestamp();
        process.Start();
        process.StandardInput.Close();
        ProcessWatch watch = new(process.Id);
        using CancellationTokenSource ended = new();
        Task watching = watch.RunAsync(ended.Token);
        Task<(string Text, double? First)> output = ReadAsync(process.StandardOutput.BaseStream, start), errors = ReadAsync(process.StandardError.BaseStream, start);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        bool timedOut = false;
        try
        {
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            timedOut = true;
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        await ended.CancelAsync().ConfigureAwait(false);
        await watching.ConfigureAwait(false);
        (string text, double? first) = await output.ConfigureAwait(false);
        (string errorText, _) = await errors.ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return new ProcessOutcome
        {
            ExitCode = process.ExitCode,
            TimedOut = timedOut,
            Output = text,
            Errors = errorText,
            Seconds = seconds,
            FirstOutputSeconds = first is { } at ? Math.Min(at, seconds) : null, // may be seen after the end
            PeakResidentBytes = watch.PeakResidentBytes,
            PeakPrivateBytes = watch.PeakPrivateBytes,
            StorageBytes = watch.StorageBytes,
            GroupPeakBytes = group.PeakBytes,
        };
    }

    private static async Task<(string Text, double? First)> ReadAsync(Stream stream, long start)
    {
        using MemoryStream all = new();
        byte[] buffer = new byte[8192];
        double? first = null;
        for (int count; (count = await stream.ReadAsync(buffer).ConfigureAwait(false)) > 0;)
        {
            if (first is null && buffer.AsSpan(0, count).IndexOfAnyExcept(" \t\r\n"u8) >= 0) first = Stopwatch.GetElapsedTime(start).TotalSeconds;
            all.Write(buffer, 0, count);
        }
        return (Encoding.UTF8.GetString(all.GetBuffer(), 0, (int)all.Length), first);
    }
}
