using System.Diagnostics;
using System.Text.Json;

namespace WasmChord.Cli.Tests;

/// <summary>The built tool as a process of its own.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Inspect_AsAProcess_PrintsOneObject()
    {
        string path = await new TinyModel().WriteAsync(_folder["a.gguf"]);

        using Process process = Start("inspect", path, "--json");
        string standard = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(0, process.ExitCode);
        using JsonDocument json = JsonDocument.Parse(standard);
        Assert.Equal(TinyModel.TensorCount, json.RootElement.GetProperty("tensor_count").GetInt32());
    }

    [Fact]
    public async Task Stream_AsAProcess_ServesAndVerifies()
    {
        string path = await new TinyModel().WriteAsync(_folder["a.gguf"]);

        using Process process = Start("stream", path, "--budget", "2layers", "--requests", "2", "--json");
        string standard = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(0, process.ExitCode);
        using JsonDocument json = JsonDocument.Parse(standard);
        Assert.Equal(2 * 2 * TinyModel.TensorCount, json.RootElement.GetProperty("verified_segments").GetInt32());
        Assert.True(json.RootElement.GetProperty("process_peak_private_bytes").GetInt64() > 0);
    }

    [Fact]
    public async Task MissingFile_AsAProcess_EndsWithOneAndOneLine()
    {
        using Process process = Start("verify", _folder["missing.gguf"]);
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(1, process.ExitCode);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [SkippableFact]
    public async Task Generate_WhoseReaderHasGone_EndsWithOneAndSaysNothing()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "elsewhere the runtime's stream takes what nobody reads");

        using Process process = Start("generate", "--temp", "0");
        process.StandardOutput.Close();
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(1, process.ExitCode);
        Assert.Equal("", error);
    }

    [SkippableFact]
    public async Task Interrupt_WhileStreaming_StopsCleanlyWithTheStatisticsSoFar()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "needs /proc and kill");
        Skip.If(IsInterruptIgnored(), "interrupts are ignored here, as shells have it for background jobs, and children inherit that");
        string path = await new TinyModel { Hidden = 1024, FeedForward = 2048 }.WriteAsync(_folder["a.gguf"]);

        using Process process = Start("stream", path, "--budget", "2layers", "--passes", "1000000", "--json");
        // The engine runs once the process has opened the model; then it would run for hours.
        while (!Directory.GetFiles($"/proc/{process.Id}/fd").Any(fd => TargetOf(fd) == path)) await Task.Delay(20);
        using Process kill = Process.Start("kill", ["-INT", process.Id.ToString()]);
        await kill.WaitForExitAsync();
        string standard = await process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.True(process.ExitCode == ExitCode.Cancelled, $"exit code {process.ExitCode}: {error}");
        if (standard.Length == 0) Assert.Contains("cancelled", error); // The signal came before the model was open.
        else Assert.Contains("\"cancelled\":true", standard);
    }

    // SigIgn of proc(5): one bit a signal, from 1.
    private static bool IsInterruptIgnored()
    {
        const string Key = "SigIgn:";
        const int Interrupt = 2;
        string? line = File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal));
        return line is not null && ulong.TryParse(line.AsSpan(Key.Length).Trim(), System.Globalization.NumberStyles.HexNumber, null, out ulong mask)
            && (mask & (1UL << (Interrupt - 1))) != 0;
    }

    // A descriptor may be closed between being listed and being looked at.
    private static string? TargetOf(string descriptor)
    {
        try
        {
            return File.ResolveLinkTarget(descriptor, returnFinalTarget: false)?.FullName;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static Process Start(params string[] args)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "wasmchord.dll"));
        foreach (string arg in args) start.ArgumentList.Add(arg);
        return Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
    }
}
