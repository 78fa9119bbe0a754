using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace WasmChord.Examples.Tests;

/// <summary>The prebuilt guests against their sources: by recorded hashes everywhere, by building where there is the compiler.</summary>
public sealed partial class GuestBuildTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    public static TheoryData<string> Guests => [.. BuiltGuest.ReadAll().Select(g => g.Guest)];

    [Theory]
    [MemberData(nameof(Guests))]
    public void Module_IsTheOneRecorded(string guest) => Assert.Equal(BuiltGuest.Read(guest).Sha256, HashOf(BuiltGuest.PathOf(guest)));

    // A source that was changed without building again.
    [Theory]
    [MemberData(nameof(Guests))]
    public void Sources_AreThoseThatItWasBuiltFrom(string guest)
    {
        foreach ((string source, string hash) in BuiltGuest.Read(guest).Sources)
            Assert.True(hash == HashOf(BuiltGuest.PathOf(source)), $"{source} is not what {guest} was built from: run examples/guests/build.sh");
    }

    [Theory]
    [MemberData(nameof(Guests))]
    public void Sources_IncludeNothingThatIsNotRecorded(string guest)
    {
        IReadOnlyDictionary<string, string> sources = BuiltGuest.Read(guest).Sources;
        Assert.Contains("build.sh", sources.Keys);
        foreach (string source in sources.Keys.Where(s => !s.StartsWith("include/", StringComparison.Ordinal) && s != "build.sh"))
        {
            foreach (Match m in Included().Matches(File.ReadAllText(BuiltGuest.PathOf(source))))
            {
                string file = Path.GetFileName(m.Groups[1].Value) + (source.EndsWith(".ts", StringComparison.Ordinal) ? ".ts" : "");
                Assert.Contains(sources.Keys, s => s == $"include/{file}" || s == $"{Path.GetDirectoryName(source)}/{file}");
            }
        }
    }

    [Fact]
    public void Modules_AreAllRecorded() => Assert.Equal(
        Directory.EnumerateFiles(BuiltGuest.Folder, "*.wasm", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(BuiltGuest.Folder, f).Replace('\\', '/')).Where(f => !f.Contains("node_modules", StringComparison.Ordinal)).Order(),
        BuiltGuest.ReadAll().Select(g => g.Guest).Order());

    [SkippableTheory]
    [MemberData(nameof(Guests))]
    public async Task Module_BuiltAnew_IsTheSameToTheByte(string guest)
    {
        Skip.If(OperatingSystem.IsWindows(), "build.sh needs a POSIX shell");
        BuiltGuest built = BuiltGuest.Read(guest);
        (int exit, string versions) = await RunScriptAsync("-v");
        Assert.Equal(0, exit);
        string version = versions.Split('\n').Select(l => l.Split('\t')).Single(l => l[0] == built.Compiler)[1];
        Skip.If(version == "absent", $"{built.Compiler} is not at hand; {guest} was built by {built.Version}");
        Skip.If(version != built.Version, $"{built.Compiler} is {version}; {guest} was built by {built.Version}");

        DirectoryInfo folder = Directory.CreateTempSubdirectory("guests");
        try
        {
            (exit, string output) = await RunScriptAsync("-o", folder.FullName, guest);
            Assert.True(exit == 0, output);
            Assert.Equal(await File.ReadAllBytesAsync(BuiltGuest.PathOf(guest)), await File.ReadAllBytesAsync(Path.Combine(folder.FullName, Path.GetFileName(guest))));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("checksum/checksum.wasm", "wasmchord.weights wasmchord.layer_count wasmchord.layer_acquire wasmchord.layer_release wasmchord.layer_tensor_at")]
    [InlineData("checksum-bridge/checksum-bridge.wasm", "env.memory64_load_layer env.memory64_read env.memory64_is_enabled")]
    [InlineData("forward/forward-inside.wasm", "wasmchord.layer_acquire wasmchord.layer_release wasmchord.layer_tensor wasmchord.metadata_number wasmchord.metadata_text wasmchord.weights_read wasmchord.log")]
    [InlineData("forward/forward.wasm", "wasmchord.layer_acquire wasmchord.layer_release wasmchord.layer_tensor wasmchord.metadata_number wasmchord.metadata_text wasmchord.log wasmchord.tensor_dequantize wasmchord.matvec wasmchord.rms_norm wasmchord.rope wasmchord.softmax wasmchord.silu_multiply")]
    [InlineData("histogram/histogram.wasm", "wasmchord.layer_acquire wasmchord.layer_release wasmchord.layer_tensor_at wasmchord.tensor_dequantize wasmchord.log")]
    [InlineData("one-line/one-line.wasm", "")]
    public void Module_ImportsWhatItNeeds_AndNothingElse(string guest, string imports) =>
        Assert.Equal(imports.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal), ModuleImports.Read(File.ReadAllBytes(BuiltGuest.PathOf(guest))).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Guests))]
    public void Module_ImportsOnlyWhatTheDocumentHas(string guest)
    {
        GuestInterface document = GuestInterfaceReader.Document(File.ReadAllText(Path.Combine(BuiltGuest.Folder, "..", "..", "docs", "GUESTS.md")));
        Assert.All(ModuleImports.Read(File.ReadAllBytes(BuiltGuest.PathOf(guest))), i => Assert.True(i == "wasmchord.weights" || document.Functions.ContainsKey(i), i));
    }

    private static string HashOf(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    private static async Task<(int Exit, string Output)> RunScriptAsync(params string[] arguments)
    {
        ProcessStartInfo start = new("sh", ["build.sh", .. arguments])
        {
            WorkingDirectory = BuiltGuest.Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        using CancellationTokenSource deadline = new(s_patience);
        Task<string> output = process.StandardOutput.ReadToEndAsync(deadline.Token), error = process.StandardError.ReadToEndAsync(deadline.Token);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, await output + await error);
    }

    [GeneratedRegex("""(?:#include|from) "([^"<>]+)"(?!\S)""")]
    private static partial Regex Included();
}
