using WasmChord.Bench.Compare;

namespace WasmChord.Bench.Tests;

public sealed class ProcessRunnerTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [SkippableFact]
    public async Task RunAsync_OutputErrorsAndExitCode_AreKeptApart()
    {
        Skip.IfNot(OperatingSystem.IsLinux());
        ProcessOutcome outcome = await RunAsync("printf '\\n \\n'; echo told; echo warned >&2; exit 3", s_patience);
        Assert.Equal(("\n \ntold\n", "warned\n", 3, "exit code 3"), (outcome.Output, outcome.Errors, outcome.ExitCode, outcome.Failure));
        Assert.InRange(outcome.FirstOutputSeconds!.Value, 0, outcome.Seconds);
    }

    [SkippableFact]
    public async Task RunAsync_Silence_HasNoFirstOutput()
    {
        Skip.IfNot(OperatingSystem.IsLinux());
        ProcessOutcome outcome = await RunAsync("printf ' \\n'", s_patience);
        Assert.Null(outcome.FirstOutputSeconds);
        Assert.Null(outcome.Failure);
    }

    [SkippableFact]
    public async Task RunAsync_TooLong_IsEndedAndSaysSo()
    {
        Skip.IfNot(OperatingSystem.IsLinux());
        ProcessOutcome outcome = await RunAsync("exec sleep 1000", TimeSpan.FromMilliseconds(200));
        Assert.Equal("timed out", outcome.Failure);
    }

    [SkippableFact]
    public async Task RunAsync_Killed_SaysSo()
    {
        Skip.IfNot(OperatingSystem.IsLinux());
        ProcessOutcome outcome = await RunAsync("kill -9 $$", s_patience);
        Assert.Equal("killed", outcome.Failure);
    }

    [SkippableFact]
    public async Task RunAsync_ProcessWithMemory_SeesItsPeak()
    {
        Skip.IfNot(OperatingSystem.IsLinux());
        // 8 MiB of text in a variable, then a while in which a sampler must look.
        ProcessOutcome outcome = await RunAsync("x=$(head -c 8388608 /dev/zero | tr '\\0' x); sleep 1; echo ${#x}", s_patience);
        Assert.Equal("8388608\n", outcome.Output);
        Assert.InRange(outcome.PeakPrivateBytes, 8 << 20, 1L << 30);
        Assert.True(outcome.PeakResidentBytes >= outcome.PeakPrivateBytes);
    }

    [Fact]
    public void Fields_LinesOfProc_AreNumbersByName()
    {
        Dictionary<string, long> fields = ProcessWatch.Fields("Name:\tx y\nVmHWM:\t   1234 kB\nread_bytes: 77\n\nbroken\n: 5\n");
        Assert.Equal((1234, 77, 2), (fields["VmHWM"], fields["read_bytes"], fields.Count));
    }

    [Fact]
    public void ToString_Command_IsQuotedForAShell() =>
        Assert.Equal("a -p 'it'\\''s one' ''", new ProcessCommand("a", ["-p", "it's one", ""]).ToString());

    private static async Task<ProcessOutcome> RunAsync(string script, TimeSpan timeout)
    {
        using IMemoryGroup group = new NoLimiter().Open(null);
        return await ProcessRunner.RunAsync(new ProcessCommand("/bin/sh", ["-c", script]), group, timeout, CancellationToken.None);
    }
}
