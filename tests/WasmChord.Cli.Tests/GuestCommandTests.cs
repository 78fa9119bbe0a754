using System.Text;
using System.Text.Json;
using WasmChord.Memory64;

namespace WasmChord.Cli.Tests;

public sealed class GuestCommandTests : IDisposable
{
    private const string Module = """
        (module
          (import "wasmchord" "layer_count" (func $count (result i32)))
          (import "wasmchord" "layer_acquire" (func $acquire (param i32 i32) (result i64)))
          (import "wasmchord" "log" (func $log (param i32 i32) (result i32)))
          (import "env" "memory64_read" (func $read (param i64 i32 i32) (result i32)))
          (memory (export "memory") 1)
          (data (i32.const 16) "hello\n")
          (func (export "run") (result i32) (drop (call $log (i32.const 16) (i32.const 6))) (call $count))
          (func (export "lease") (param i32) (result i64) (call $acquire (local.get 0) (i32.const -1)))
          (func (export "read") (result i32) (drop (call $read (i64.const -1) (i32.const 0) (i32.const 8))) (call $read (i64.const 0) (i32.const 0) (i32.const 8)))
          (func (export "i32") (param i32) (result i32) (local.get 0))
          (func (export "i64") (param i64) (result i64) (local.get 0))
          (func (export "f32") (param f32) (result f32) (local.get 0))
          (func (export "f64") (param f64) (result f64) (local.get 0))
          (func (export "two") (result i32 i64) (i32.const 1) (i64.const -2))
          (func (export "none"))
          (func (export "trap") (drop (call $log (i32.const 16) (i32.const 6))) (unreachable))
          (func (export "spin") (loop $forever (br $forever)))
          (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_Json_HasTheKeysAndWhatTheGuestReturned()
    {
        JsonElement json = (await RunAsync("--json")).Json;
        foreach (string key in new[] { "result", "fuel_used", "leases", "log", "trap", "leases_held", "reads", "bytes_read", "error_codes", "end", "peak_resident_bytes" })
            Assert.True(json.TryGetProperty(key, out _), key);
        Assert.Equal(TinyModel.Blocks, json.GetProperty("result").GetInt32());
        Assert.Equal("hello\n", json.GetProperty("log").GetString());
        Assert.Equal("returned", json.GetProperty("end").GetString());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("trap").ValueKind);
        Assert.InRange(json.GetProperty("fuel_used").GetInt64(), 1, 100);
        JsonElement lease = (await RunAsync("--json", "--invoke", "lease", "--arg", "1")).Json;
        Assert.True(lease.GetProperty("result").GetInt64() > 0);
        Assert.Equal((1, 1), (lease.GetProperty("leases").GetInt32(), lease.GetProperty("leases_held").GetInt32()));
        Assert.True(lease.GetProperty("peak_resident_bytes").GetInt64() > 0);
        JsonElement read = (await RunAsync("--json", "--invoke", "read")).Json;
        Assert.Equal((1, 8, 1), (read.GetProperty("reads").GetInt32(), read.GetProperty("bytes_read").GetInt32(), read.GetProperty("error_codes").GetInt32()));
    }

    [Fact]
    public async Task Run_Text_SaysTheLogTheResultAndWhatItTook()
    {
        ToolRun run = await RunAsync();
        Assert.StartsWith($"hello\n{TinyModel.Blocks}\n", run.Standard);
        Assert.Contains("instructions, 0 layers acquired", run.Standard);
        Assert.StartsWith("done\n", (await RunAsync("--invoke", "none")).Standard);
        ToolRun unmetered = await RunAsync("--unmetered");
        Assert.DoesNotContain("instructions", unmetered.Standard);
    }

    [Theory]
    [InlineData("i32", "4294967295", "-1")]
    [InlineData("i64", "-9223372036854775808", "-9223372036854775808")]
    [InlineData("i64", "9007199254740993", "9007199254740993")]
    [InlineData("f32", "-0.25", "-0.25")]
    [InlineData("f64", "-1.5e300", "-1.5E+300")]
    [InlineData("f32", "-Infinity", "\"-Infinity\"")]
    public async Task Run_ArgumentOfEachType_ArrivesAndComesBack(string function, string argument, string result)
    {
        JsonElement json = (await RunAsync("--json", "--invoke", function, "--arg", argument)).Json;
        Assert.Equal(result, json.GetProperty("result").GetRawText(), ignoreCase: true);
    }

    [Fact]
    public async Task Run_SeveralResultsOrNone_AreAListOrNull()
    {
        Assert.Equal("[1,-2]", (await RunAsync("--json", "--invoke", "two")).Json.GetProperty("result").GetRawText().ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(JsonValueKind.Null, (await RunAsync("--json", "--invoke", "none")).Json.GetProperty("result").ValueKind);
    }

    [Theory]
    [InlineData("trapped", "--invoke", "trap")]
    [InlineData("timed_out", "--invoke", "spin", "--max-time", "0.1")]
    [InlineData("timed_out", "--invoke", "spin", "--max-time", "0.1", "--unmetered")]
    [InlineData("out_of_fuel", "--invoke", "spin", "--fuel", "10000")]
    [InlineData("not_linked", "--max-memory", "1KiB")]
    public async Task Run_GuestThatDoesNotReturn_FailsAndSaysWhy(string end, params string[] args)
    {
        ToolRun run = await GuestAsync(await ModelAsync(), Module, [.. args, "--json"]);
        Assert.Equal(ExitCode.Failed, run.ExitCode);
        Assert.Equal(end, run.Json.GetProperty("end").GetString());
        Assert.NotEmpty(run.Json.GetProperty("trap").GetString()!);
        Assert.Equal(end == "trapped" ? "hello\n" : "", run.Json.GetProperty("log").GetString());
        if (end != "trapped") return;
        ToolRun text = await GuestAsync(await ModelAsync(), Module, args);
        Assert.Equal(ExitCode.Failed, text.ExitCode);
        Assert.Contains($"{end}: ", text.Standard);
    }

    [Fact]
    public async Task Run_MemoryLimit_BoundsGrowth()
    {
        Assert.Equal(1, (await RunAsync("--json", "--invoke", "grow", "--arg", "15", "--max-memory", "1MiB")).Json.GetProperty("result").GetInt32());
        Assert.Equal(-1, (await RunAsync("--json", "--invoke", "grow", "--arg", "16", "--max-memory", "1MiB")).Json.GetProperty("result").GetInt32());
        Assert.Equal((long)GuestCode.TooManyLeases, (await RunAsync("--json", "--invoke", "lease", "--arg", "0", "--max-leases", "0")).Json.GetProperty("result").GetInt64());
    }

    [Theory]
    [InlineData("no function nothing", "--invoke", "nothing")]
    [InlineData("arguments were given", "--invoke", "i32")]
    [InlineData("no i32", "--invoke", "i32", "--arg", "1.5")]
    [InlineData("--unmetered", "--fuel", "5", "--unmetered")]
    [InlineData("Fuel", "--fuel", "0")]
    [InlineData("Leases", "--max-leases", "-1")]
    [InlineData("--max-time", "--max-time", "0")]
    [InlineData("--max-time", "--max-time", "NaN")]
    [InlineData("not a size", "--max-memory", "much")]
    public async Task Run_OfWrongUsage_SaysSo(string part, params string[] args) =>
        (await GuestAsync(await ModelAsync(), Module, args)).AssertOneLineError(ExitCode.Usage, part);

    [Fact]
    public async Task Run_ModuleOrModelThatCannotBeUsed_FailsInOneLine()
    {
        string model = await ModelAsync(), guest = await WriteAsync(Module);
        (await ToolRun.OfAsync("guest", "run", _folder["none.wat"], "--model", model)).AssertOneLineError(ExitCode.Failed, "none.wat");
        (await ToolRun.OfAsync("guest", "run", guest, "--model", _folder["none.gguf"])).AssertOneLineError(ExitCode.Failed, "none.gguf");
        (await ToolRun.OfAsync("guest", "run", guest, "--model", guest)).AssertOneLineError(ExitCode.Failed, "");
        (await ToolRun.OfAsync("guest", "run", guest, "--model", model, "--budget", "1KiB")).AssertOneLineError(ExitCode.Failed, "smallest");
        (await GuestAsync(model, "(module (func (export)")).AssertOneLineError(ExitCode.Failed, "WebAssembly");
        (await GuestAsync(model, "")).AssertOneLineError(ExitCode.Failed, "");
        (await GuestAsync(model, """(module (import "wasmchord" "weights" (memory i64 0)) (func (export "run") (i32.store (i64.const 0) (i32.const 1))))""")).AssertOneLineError(ExitCode.Failed, "weights");
        ToolRun json = await GuestAsync(model, "(module (func (export)", "--json");
        Assert.Equal("bad_module", json.ErrorJson.GetProperty("code").GetString());
        ToolRun unknown = await GuestAsync(model, """(module (import "wasi" "fd_write" (func)) (func (export "run")))""", "--json");
        Assert.Equal((ExitCode.Failed, "not_linked"), (unknown.ExitCode, unknown.Json.GetProperty("end").GetString()));
    }

    [Fact]
    public async Task Run_Binary_IsTheSameAsItsText()
    {
        string binary = _folder["guest.wasm"];
        await File.WriteAllBytesAsync(binary, GuestEngine.BinaryOf(Encoding.UTF8.GetBytes(Module)));
        JsonElement json = (await ToolRun.DoneAsync("guest", "run", binary, "--model", await ModelAsync(), "--json")).Json;
        Assert.Equal(TinyModel.Blocks, json.GetProperty("result").GetInt32());
    }

    [Fact]
    public async Task Run_CancelledWhileTheGuestSpins_EndsAsSignalsDo()
    {
        string model = await ModelAsync(), guest = await WriteAsync(Module);
        using CancellationTokenSource source = new();
        Task<ToolRun> run = ToolRun.OfAsync(null, ["guest", "run", guest, "--model", model, "--invoke", "spin", "--max-time", "60", "--json"], source.Token);
        source.CancelAfter(TimeSpan.FromSeconds(1));
        Assert.Equal(ExitCode.Cancelled, (await run.WaitAsync(TimeSpan.FromSeconds(30))).ExitCode);
    }

    [Fact]
    public async Task Inspect_Module_ListsWhatItNeedsAndOffers()
    {
        string guest = await WriteAsync(Module);
        JsonElement json = (await ToolRun.DoneAsync("guest", "inspect", guest, "--json")).Json;
        Assert.Equal(12, json.GetProperty("functions").GetInt32());
        Assert.Equal(65_536, json.GetProperty("memory_bytes").GetInt64());
        Assert.False(json.GetProperty("imports_weights").GetBoolean());
        Assert.Equal(64, json.GetProperty("sha256").GetString()!.Length);
        Assert.Equal(4, json.GetProperty("imports").GetArrayLength());
        Assert.Equal("wasmchord.layer_acquire", json.GetProperty("imports")[1].GetProperty("name").GetString());
        Assert.Equal("(i32, i32) -> i64", json.GetProperty("imports")[1].GetProperty("type").GetString());
        Assert.Equal("memory", json.GetProperty("exports")[0].GetProperty("kind").GetString());
        string text = (await ToolRun.DoneAsync("guest", "inspect", guest)).Standard;
        Assert.Contains("12 functions", text);
        Assert.Contains("function env.memory64_read (i64, i32, i32) -> i32", text);
    }

    [Fact]
    public async Task Inspect_ModuleThatIsRefused_FailsWithTheReason()
    {
        string writer = await WriteAsync("""(module (import "wasmchord" "weights" (memory i64 0)) (func (memory.fill (i64.const 0) (i32.const 1) (i64.const 9))))""");
        (await ToolRun.OfAsync("guest", "inspect", writer)).AssertOneLineError(ExitCode.Failed, "weights");
        Assert.Equal("writes_weights", (await ToolRun.OfAsync("guest", "inspect", writer, "--json")).ErrorJson.GetProperty("code").GetString());
        (await ToolRun.OfAsync("guest", "inspect", _folder["none.wasm"])).AssertOneLineError(ExitCode.Failed, "none.wasm");
        string reader = await WriteAsync("""(module (import "wasmchord" "weights" (memory i64 0)) (func (export "at") (param i64) (result i32) (i32.load (local.get 0))))""");
        Assert.Contains("cannot write", (await ToolRun.DoneAsync("guest", "inspect", reader)).Standard);
        Assert.Equal(ExitCode.Usage, (await ToolRun.OfAsync("guest", "inspect")).ExitCode);
        Assert.Equal(ExitCode.Usage, (await ToolRun.OfAsync("guest")).ExitCode);
    }

    private async Task<ToolRun> RunAsync(params string[] args)
    {
        ToolRun run = await GuestAsync(await ModelAsync(), Module, args);
        Assert.True(run.ExitCode == 0, $"exit code {run.ExitCode}: {run.Error}{run.Standard}");
        return run;
    }

    private async Task<ToolRun> GuestAsync(string model, string text, params string[] args) =>
        await ToolRun.OfAsync(["guest", "run", await WriteAsync(text), "--model", model, .. args]);

    private async Task<string> WriteAsync(string text)
    {
        string path = _folder["guest.wat"];
        await File.WriteAllTextAsync(path, text);
        return path;
    }

    private async Task<string> ModelAsync()
    {
        string path = _folder["tiny.gguf"];
        return File.Exists(path) ? path : await new TinyModel { Type = Gguf.GgmlType.Q8_0 }.WriteAsync(path);
    }
}
