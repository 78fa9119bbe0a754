using System.Diagnostics;
using System.Text.RegularExpressions;
using WasmChord.TestData;

namespace WasmChord.Examples.Tests;

/// <summary>docs/GUESTS.md against the bindings in examples/guests/include.</summary>
public sealed partial class GuestInterfaceTests
{
    private static readonly string s_root = SharedTestData.RepositoryRoot;

    private static readonly Dictionary<string, Func<string, GuestInterface>> s_readers = new()
    {
        ["wasmchord.h"] = GuestInterfaceReader.C,
        ["wasmchord.ts"] = GuestInterfaceReader.AssemblyScript,
        ["wasmchord.rs"] = GuestInterfaceReader.Rust,
        ["wasmchord.wat"] = GuestInterfaceReader.WebAssemblyText,
    };

    public static TheoryData<string> Files => [.. s_readers.Keys];

    [Fact]
    public void Document_IsReadAsAWhole()
    {
        GuestInterface document = Document();
        // Every line that looks like a signature of an import is one; only those of exports are not.
        string text = ReadDocument();
        string imports = text[..text.IndexOf("## What a guest exports", StringComparison.Ordinal)];
        Assert.Equal(Signature().Count(imports), document.Functions.Count);
        Assert.Equal(5, document.Functions.Keys.Count(f => f.StartsWith("env.", StringComparison.Ordinal)));
        Assert.Equal("(offset: i64, ptr: i32, size: i32) -> i32", document.Functions["env.memory64_read"]);
        Assert.Equal("() -> i32", document.Functions["wasmchord.layer_count"]);
        Assert.Equal(Enumerable.Range(1, document.Codes.Count).Select(i => -i), document.Codes.Values.OrderDescending());
        Assert.Equal(-11, document.Codes["NOT_ACQUIRED"]);
        Assert.Equal((48, "i64"), document.Fields["memory64_stats.errors"]);
        Assert.Equal((20, "i32"), document.Fields["tensor.dimensions"]);
        Assert.Equal(15, document.Fields.Count);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Bindings_OfEachLanguage_AreTheDocuments(string file) =>
        Assert.Empty(Document().DifferencesTo(s_readers[file](ReadBindings(file))));

    [Theory]
    [InlineData("wasmchord.h", "WASMCHORD_TIMED_OUT = -9", "WASMCHORD_TIMED_OUT = -99", "TIMED_OUT is -99")]
    [InlineData("wasmchord.h", "    WASMCHORD_REFUSED = -10,\n", "", "REFUSED is missing")]
    [InlineData("wasmchord.h", "(int64_t offset,", "(int32_t offset,", "env.memory64_read is")]
    [InlineData("wasmchord.h", "int32_t deadline_ms", "int32_t timeout_ms", "wasmchord.layer_acquire is")]
    [InlineData("wasmchord.h", "IMPORT(\"env\", \"memory64_stats\")", "IMPORT(\"wasmchord\", \"memory64_stats\")", "env.memory64_stats is missing")]
    [InlineData("wasmchord.h", "    int64_t misses;\n", "", "memory64_stats.misses is missing")]
    [InlineData("wasmchord.h", "    int32_t type;\n", "    int64_t type;\n", "tensor.type is")]
    [InlineData("wasmchord.ts", "export const TIMED_OUT: i32 = -9", "export const TIMED_OUT: i32 = -10", "TIMED_OUT is -10")]
    [InlineData("wasmchord.ts", "epsilon: f32", "epsilon: f64", "wasmchord.rms_norm is")]
    [InlineData("wasmchord.ts", "export declare function layer_count(): i32", "export declare function layer_count(): i64", "wasmchord.layer_count is")]
    [InlineData("wasmchord.ts", "@external(\"wasmchord\", \"softmax\")", "@external(\"env\", \"softmax\")", "wasmchord.softmax is missing")]
    [InlineData("wasmchord.ts", "  hits: i64;", "  hits: i32;", "memory64_stats.hits is")]
    [InlineData("wasmchord.rs", "pub const BAD_TYPE: i32 = -14", "pub const BAD_TYPE: i32 = -15", "BAD_TYPE is -15")]
    [InlineData("wasmchord.rs", "pub fn layer_bytes(layer: i32) -> i64", "pub fn layer_bytes(layer: i32) -> i32", "wasmchord.layer_bytes is")]
    [InlineData("wasmchord.rs", "    pub fn softmax(x_ptr: *mut f32, count: i32) -> i32;\n", "", "wasmchord.softmax is missing")]
    [InlineData("wasmchord.rs", "pub fn log(", "pub fn print(ptr: *const u8) -> i32;\n    pub fn log(", "wasmchord.print is not in the document")]
    [InlineData("wasmchord.rs", "    pub dimensions: i32,\n", "    pub dimensions: i64,\n", "tensor.dimensions is")]
    [InlineData("wasmchord.wat", "$UNAVAILABLE i32 (i32.const -16)", "$UNAVAILABLE i32 (i32.const -17)", "UNAVAILABLE is -17")]
    [InlineData("wasmchord.wat", "(param $base f32)", "(param $base f64)", "wasmchord.rope is")]
    [InlineData("wasmchord.wat", "$tensor.bytes i32 (i32.const 8)", "$tensor.bytes i32 (i32.const 4)", "tensor.bytes is")]
    [InlineData("wasmchord.wat", "(import \"wasmchord\" \"log\" (func $log (param $ptr i32) (param $len i32)", "(import \"wasmchord\" \"log\" (func $log (param $ptr i32)", "wasmchord.log is")]
    public void Bindings_ThatDrift_AreNoticed(string file, string from, string to, string difference)
    {
        string text = ReadBindings(file);
        Assert.Contains(from, text, StringComparison.Ordinal);
        List<string> differences = Document().DifferencesTo(s_readers[file](text.Replace(from, to, StringComparison.Ordinal)));
        Assert.Contains(differences, d => d.StartsWith(difference, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Document_ThatGrows_IsNoticed(string file)
    {
        string text = ReadDocument()
            .Replace("| `layer_count() -> i32` |", "| `layer_name(layer: i32, ptr: i32) -> i32` | |\n| `layer_count() -> i32` |", StringComparison.Ordinal)
            .Replace("| −16 | `UNAVAILABLE` |", "| −17 | `TOO_LATE` | |\n| −16 | `UNAVAILABLE` |", StringComparison.Ordinal)
            .Replace("| 48 | `ne3` | i64 |", "| 56 | `ne4` | i64 | |\n| 48 | `ne3` | i64 |", StringComparison.Ordinal);
        Assert.Equal(
            ["wasmchord.layer_name is missing", "TOO_LATE is missing", "tensor.ne4 is missing"],
            GuestInterfaceReader.Document(text).DifferencesTo(s_readers[file](ReadBindings(file))));
    }

    // The header asserts offsets itself, so that a compiler refuses what this test would; here that it asserts all of them.
    [Theory]
    [InlineData("wasmchord.h", @"offsetof\(struct wasmchord_(\w+), (\w+)\) == (\d+)")]
    [InlineData("wasmchord.rs", @"offset_of!\((\w+), (?:r#)?(\w+)\) == (\d+)")]
    public void Bindings_ThatAssertOffsets_AssertTheDocuments(string file, string form)
    {
        SortedDictionary<string, (int Offset, string Type)> fields = Document().Fields;
        Dictionary<string, string> structures = new() { ["Memory64Stats"] = "memory64_stats", ["Tensor"] = "tensor" };
        MatchCollection assertions = Regex.Matches(ReadBindings(file), form);
        Assert.Equal(fields.Count, assertions.Count);
        foreach (Match m in assertions)
            Assert.Equal(fields[$"{structures.GetValueOrDefault(m.Groups[1].Value, m.Groups[1].Value)}.{m.Groups[2].Value}"].Offset, int.Parse(m.Groups[3].ValueSpan));
    }

    [Fact]
    public void Text_ImportsTheWeights_AsTheDocumentSays() =>
        Assert.Contains("(import \"wasmchord\" \"weights\" (memory $weights i64 0))", ReadBindings("wasmchord.wat"), StringComparison.Ordinal);

    [SkippableFact]
    public async Task Rust_IsAcceptedByItsCompiler()
    {
        string? compiler = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? "rustc.exe" : "rustc")).FirstOrDefault(File.Exists);
        Skip.If(compiler is null, "rustc is not at hand");
        string output = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.rmeta");
        try
        {
            ProcessStartInfo start = new(compiler!, ["--edition", "2021", "--crate-type", "lib", "--emit=metadata", "-D", "warnings", "-o", output, "wasmchord.rs"])
            {
                WorkingDirectory = Path.Combine(s_root, "examples", "guests", "include"),
                RedirectStandardError = true,
            };
            using Process process = Process.Start(start)!;
            using CancellationTokenSource deadline = new(TimeSpan.FromMinutes(2));
            string errors = await process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            Skip.If(errors.Contains("could not choose a version", StringComparison.Ordinal) || errors.Contains("no default toolchain", StringComparison.Ordinal), "rustc has no toolchain");
            Assert.True(process.ExitCode == 0, errors);
        }
        finally
        {
            File.Delete(output);
        }
    }

    private static GuestInterface Document() => GuestInterfaceReader.Document(ReadDocument());

    private static string ReadDocument() => File.ReadAllText(Path.Combine(s_root, "docs", "GUESTS.md"));

    private static string ReadBindings(string file) => File.ReadAllText(Path.Combine(s_root, "examples", "guests", "include", file));

    [GeneratedRegex(@"^\| `\w+\(.*-> \w+` \|", RegexOptions.Multiline)]
    private static partial Regex Signature();
}
