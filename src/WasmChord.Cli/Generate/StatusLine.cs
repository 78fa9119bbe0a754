using System.Globalization;
using WasmChord.Actors;
using WasmChord.Memory64;

namespace WasmChord.Cli;

/// <summary>
/// The last line of a terminal while text scrolls above it: the scroll margins of ANSI terminals (ECMA-48 and DEC's
/// DECSTBM) keep it out of the text. Without a terminal it does nothing.
/// </summary>
internal sealed class StatusLine : IAsyncDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _drawing;
    private readonly TextWriter? _terminal;
    private readonly int _height, _width;

    /// <summary>Begins to draw.</summary>
    /// <param name="output">Whose terminal; the text must go to the same one.</param>
    /// <param name="running">What is described.</param>
    /// <param name="tokenCount">Tokens so far.</param>
    internal StatusLine(ToolOutput output, RunningModel running, Func<int> tokenCount)
    {
        if (!output.IsJson && output.IsTextOnTerminal && output.Terminal is { } console && console.Profile.Capabilities.Ansi && console.Profile.Height > 3)
        {
            _terminal = output.Error;
            _height = console.Profile.Height;
            _width = console.Profile.Width;
            // A line is made free first, so that the text does not stand where the status goes.
            _terminal.Write($"\n\e[A\e7\e[1;{_height - 1}r\e8");
        }

        _drawing = _terminal is null ? Task.CompletedTask : DrawAsync(running, tokenCount);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _drawing.ConfigureAwait(false);
        _stop.Dispose();
        _terminal?.Write($"\e7\e[r\e[{_height};1H\e[2K\e8");
    }

    private async Task DrawAsync(RunningModel running, Func<int> tokenCount)
    {
        long start = Environment.TickCount64;
        using PeriodicTimer timer = new(s_interval);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                (CacheStatistics cache, GenerationStatistics generation) = await running.ObserveAsync().ConfigureAwait(false);
                int tokens = tokenCount();
                double seconds = Math.Max(1, Environment.TickCount64 - start) / 1000.0;
                string text = string.Create(CultureInfo.InvariantCulture,
                    $"{tokens} tokens, {tokens / seconds:0.0}/s | {ByteSize.Format(cache.UsedBytes + (generation.Memory?.GenerationBytes ?? 0))} of {ByteSize.Format(running.BudgetBytes)} resident | {ByteSize.Format(tokens == 0 ? 0 : generation.BytesRead / tokens)} read per token | hit ratio {cache.HitRatio:0.00}");
                _terminal!.Write($"\e7\e[{_height};1H\e[2K\e[7m{text[..Math.Min(text.Length, _width - 1)]}\e[0m\e8");
            }
        }
        catch (OperationCanceledException)
        {
            // The text is complete.
        }
    }
}
