using System.Diagnostics;
using System.Security.Cryptography;
using WasmChord.TestData;

namespace WasmChord.Training.Stories.Tests;

/// <summary>
/// The trainer as a process of its own, where it was built: it is no part of the solution, as its native library takes
/// more than a gigabyte.
/// </summary>
public sealed class TrainingRunTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private readonly string _folder = Directory.CreateTempSubdirectory("wasmchord-training-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public async Task Train_TwiceFromOneSeed_WritesTheSameFiles()
    {
        string trainer = RequireTrainer();

        Dictionary<string, string> first = await TrainAsync(trainer, "first", seed: 7), second = await TrainAsync(trainer, "second", seed: 7);

        Assert.Equal(["demo.f32.gguf", "demo.gguf", "demo.q4_k.gguf", "demo.q6_k.gguf"], first.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(first, second);
        Assert.Equal(4, first.Values.Distinct().Count());
    }

    private static string RequireTrainer()
    {
        string folder = Path.Combine(SharedTestData.RepositoryRoot, "training", "WasmChord.Training", "bin");
        string? newest = !Directory.Exists(folder) ? null : Directory.EnumerateFiles(folder, "WasmChord.Training.dll", SearchOption.AllDirectories)
            .Where(dll => Directory.Exists(Path.Combine(Path.GetDirectoryName(dll)!, "runtimes")))
            .MaxBy(File.GetLastWriteTimeUtc);
        Skip.If(newest is null, "needs the trainer: dotnet build -c Release training/WasmChord.Training");
        Skip.If(
            !Directory.EnumerateFiles(Path.GetDirectoryName(newest)!, "*LibTorchSharp*", SearchOption.AllDirectories).Any(),
            $"needs TorchSharp's native library beside {newest}");
        return newest;
    }

    // Two steps are enough to run every kernel forwards and backwards, and what one got wrong shows in the other.
    private async Task<Dictionary<string, string>> TrainAsync(string trainer, string name, int seed)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName, checkpoint = Path.Combine(_folder, name + ".checkpoint");
        ProcessStartInfo start = new("dotnet") { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string word in new[] { trainer, "train", "--out", Path.Combine(folder, "demo.gguf"), "--seed", $"{seed}", "--steps", "2", "--threads", "1", "--checkpoint", checkpoint })
            start.ArgumentList.Add(word);
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        using CancellationTokenSource patience = new(s_patience);
        try
        {
            string[] said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
            await process.WaitForExitAsync(patience.Token);
            Assert.True(process.ExitCode == 0, $"exit code {process.ExitCode}: {string.Concat(said)}");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }

        return Directory.GetFiles(folder).ToDictionary(path => Path.GetFileName(path), path => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))));
    }
}
