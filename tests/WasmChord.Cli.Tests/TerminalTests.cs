using System.Text;
using Spectre.Console;
using WasmChord.Memory64;

namespace WasmChord.Cli.Tests;

public sealed class TerminalTests : IDisposable
{
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
