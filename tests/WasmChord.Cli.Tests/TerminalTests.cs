using System.Text;
using System.Text.RegularExpressions;
using Spectre.Console;
using WasmChord.Memory64;
using WasmChord.TestData;

namespace WasmChord.Cli.Tests;

public sealed partial class TerminalTests : IDisposable
{
    private static readonly string[] s_generate =
    [
        "generate", Path.Combine(SharedTestData.RepositoryRoot, "examples", "models", "demo.gguf"), "--prompt", "Once", "--max-tokens", "5", "--ignore-eos",
        "--temp", "0", "--drafting", "off", "--budget", "2MiB",
    ];

    private readonly TempFolder _folder = new();
    private readonly Screen _screen = new();

    public void Dispose()
    {
        _folder.Dispose();
        _screen.Dispose();
    }

    [Fact]
    public async Task Progress_OfALongJob_IsDrawnOnTheTerminal()
    {
        int result = await JobProgress.RunAsync(Output(TextWriter.Null), "dig", 200, async progress =>
        {
            progress.Add(100);
            await _screen.WaitForAsync("50%");
            return 42;
        });

        Assert.Equal(42, result);
        Assert.Contains("dig", _screen.Text);
    }

    [Fact]
    public async Task Progress_OfAQuickJob_DrawsNothing()
    {
        ToolOutput output = new(TextWriter.Null, TextWriter.Null, _screen.Console) { Patience = TimeSpan.FromMinutes(5) };

        Assert.Equal(1, await JobProgress.RunAsync(output, "dig", 200, _ => Task.FromResult(1)));

        Assert.Equal("", _screen.Text);
    }

    [Fact]
    public async Task Progress_OfAJobThatFails_PassesTheFailureOn()
    {
        await Assert.ThrowsAsync<ToolException>(() => JobProgress.RunAsync<int>(Output(TextWriter.Null), "dig", 200, async progress =>
        {
            progress.Add(100);
            await _screen.WaitForAsync("50%");
            throw new ToolException("x", "y");
        }));
    }

    [Fact]
    public async Task Stream_OnATerminal_ShowsALiveTableAndTheResultOnStandardOutput()
    {
        string path = await new TinyModel().WriteAsync(_folder["a.gguf"]);
        using StringWriter standard = new();
        FaultScript? script = null;
        ToolHooks hooks = new(options => options with
        {
            OpenStorage = (name, storage) =>
            {
                FaultyStorage faulty = new(Storage.Open(name, storage, out _));
                faulty.Script.Hold();
                script = faulty.Script;
                return faulty;
            },
        });

        Task<int> run = WasmChordTool.RunAsync(["stream", path, "--budget", "2layers", "--json"], Output(standard), default, hooks);
        await _screen.WaitForAsync("evictions");
        await _screen.WaitForAsync("0 / 12");
        script!.Clear();

        Assert.Equal(0, await run);
        Assert.StartsWith("{\"layers\":6", standard.ToString());
    }

    [Fact]
    public async Task Generate_OnATerminal_ShowsOneLineOfStatusWhileTextComes()
    {
        using StringWriter standard = new();
        using ManualResetEventSlim drawn = new();
        (_screen.Console.Profile.Width, _screen.Console.Profile.Height) = (120, 24);
        int rows = 0;
        // The third token waits until it was said that there are two.
        ToolHooks hooks = new(GenerationOptions: options => options with
        {
            OnLogits = (_, _) =>
            {
                if (++rows == 3) drawn.Wait(TimeSpan.FromMinutes(1));
            },
        });
        ToolOutput output = new(standard, _screen, _screen.Console) { IsTextOnTerminal = true };

        Task<int> run = WasmChordTool.RunAsync(s_generate, output, default, hooks);
        await _screen.WaitForAsync("2 tokens, ");
        drawn.Set();

        Assert.Equal(0, await run);
        string screen = _screen.Text;
        // The margins keep the last line free of text, and are taken back at the end.
        int margins = screen.IndexOf("\e[1;23r", StringComparison.Ordinal), free = screen.IndexOf("\e[r\e[24;1H\e[2K", StringComparison.Ordinal);
        Match status = StatusPattern().Match(screen);
        Assert.True(margins >= 0 && margins < status.Index && status.Index < free, $"{margins}, {status.Index}, {free}: {screen}");
        Assert.InRange(status.Groups["line"].Length, 1, 119);
        Assert.DoesNotContain("\e", standard.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("Once", standard.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_WhoseTextGoesElsewhere_LeavesTheTerminalAlone()
    {
        using StringWriter standard = new();
        ToolOutput output = new(standard, _screen, _screen.Console);
        Assert.Equal(0, await WasmChordTool.RunAsync(s_generate, output));
        Assert.DoesNotContain("\e", _screen.Text, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\e\[24;1H\e\[2K\e\[7m(?<line>2 tokens, \d+\.\d/s \| [\d.]+ [KM]iB of 2 MiB resident \| [\d.]+ ([KM]i)?B read per token \| hit ratio \d\.\d\d)\e\[0m")]
    private static partial Regex StatusPattern();

    private ToolOutput Output(TextWriter standard) => new(standard, TextWriter.Null, _screen.Console) { Patience = TimeSpan.Zero };

    /// <summary>A terminal whose words can be waited for.</summary>
    private sealed class Screen : TextWriter
    {
        private readonly StringBuilder _text = new();
        private readonly List<(string Text, TaskCompletionSource Seen)> _waiting = [];

        public Screen() => Console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(this),
        });

        public IAnsiConsole Console { get; }

        public override Encoding Encoding => Encoding.UTF8;

        public string Text
        {
            get
            {
                lock (_text) return _text.ToString();
            }
        }

        public override void Write(char value) => Write(value.ToString());

        public override void Write(string? value)
        {
            lock (_text)
            {
                _text.Append(value);
                foreach ((string text, TaskCompletionSource seen) in _waiting)
                    if (_text.ToString().Contains(text, StringComparison.Ordinal)) seen.TrySetResult();
            }
        }

        public Task WaitForAsync(string text)
        {
            TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (_text)
            {
                if (_text.ToString().Contains(text, StringComparison.Ordinal)) return Task.CompletedTask;
                _waiting.Add((text, seen));
            }

            return seen.Task.WaitAsync(TimeSpan.FromMinutes(1));
        }
    }
}
