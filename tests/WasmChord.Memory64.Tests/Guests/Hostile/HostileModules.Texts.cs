using System.Text;

namespace WasmChord.Memory64.Tests.Guests;

/// <summary>Modules in text that no reader should follow, and names without end.</summary>
internal sealed partial class HostileModules
{
    private const int LongestNameOfTheEngine = 100_000;

    private int _nextText;
    private int _nextName;

    /// <summary>WebAssembly text, each kind in turn.</summary>
    private HostileModule Text()
    {
        const string Weights = """(import "wasmchord" "weights" (memory $w i64 0))""";
        const string Run = """(func (export "run") (result i32) (i32.const 0))""";
        switch (_nextText++ % 14)
        {
            case 0: return Text("a store to the weights", $"(module {Weights} {Run} (func (i64.store $w (i64.const {_random.Next()}) (i64.const 1))))", HostileOutcome.WritesWeights);
            case 1: return Text("a binary that writes to the weights, within text", $"(module binary \"{Escaped(WeightsWriter().Bytes)}\")", HostileOutcome.WritesWeights);
            case 2: return Text("text within text", "(module quote \"(func unreachable)\"", HostileOutcome.Refused);
            case 3: return Text("cut off", $"(module {Weights} {Run}"[..^_random.Next(1, 40)], HostileOutcome.Refused);
            case 4: return Text("parentheses without end", "(module (func " + new string('(', _random.Next(10_000, 50_000)), HostileOutcome.Refused);
            case 5: return Text("comments within comments", "(module " + string.Concat(Enumerable.Repeat("(;", _random.Next(10_000, 25_000))), HostileOutcome.Refused);
            case 6: return Text("a very long identifier", $"(module {Run} (func ${new string('x', _random.Next(10_000, 60_000))}))", HostileOutcome.Any);
            case 7: return Text("a string that does not end", $"(module {Run} (memory 1) (data (i32.const 0) \"{new string('x', 10_000)}", HostileOutcome.Refused);
            case 8: return Text("a number beyond its type", $"(module (func (drop (i32.const 1{new string('0', _random.Next(10, 5_000))}))))", HostileOutcome.Refused);
            case 9: return new HostileModule("text: not UTF-8", [.. "(module "u8, 0xFF, 0xFE, 0x00, 0xC0, 0x80, .. ")"u8], HostileOutcome.Refused);
            case 10: return Text("characters that turn text around", $"(module (; \u202E ;) {Run})", HostileOutcome.Refused);
            case 11: return Text("a component", "(component)", HostileOutcome.Refused);
            case 12: return Text("an instruction that is none", "(module (func weights.store))", HostileOutcome.Refused);
            default: return Text("an endless loop", $"(module {Weights} (func (export \"run\") (loop $l (br $l))))", HostileOutcome.Stopped);
        }
    }

    /// <summary>Names as long as the engine takes, longer by one, and of megabytes, wherever a name may stand.</summary>
    private HostileModule LongName()
    {
        int turn = _nextName++ % 15, length = (turn % 3) switch { 0 => LongestNameOfTheEngine, 1 => LongestNameOfTheEngine + 1, _ => 8 << 20 };
        string name = new('n', length);
        WasmModuleBuilder builder = new();
        switch (turn / 3)
        {
            case 0: builder.ImportFunction(name, "x", builder.Type([], [])); break;
            case 1: builder.ImportFunction("x", name, builder.Type([], [])); break;
            case 2: builder.Memory(1).Export(name, 2, 0); break;
            case 3: builder.Memory(1).Export(name, 2, 0).Export(name, 2, 0); break;
            default: builder.Custom(name, [1]); break;
        }

        string[] places = ["an import's module", "an import", "an export", "two exports", "a custom section"];
        byte[] module = NewRun(builder, turn / 3 < 2 ? 1 : 0);
        bool mayPass = length == LongestNameOfTheEngine && turn / 3 != 3;
        return new HostileModule($"names: {places[turn / 3]} with a name of {length} bytes", module, mayPass ? HostileOutcome.Any : HostileOutcome.Refused);

        static byte[] NewRun(WasmModuleBuilder builder, int imported) => Run(builder, new WasmCode().I32(0), imported).Build();
    }

    private static HostileModule Text(string what, string text, HostileOutcome outcome) => new($"text: {what}", Encoding.UTF8.GetBytes(text), outcome);

    private static string Escaped(byte[] bytes) => string.Concat(bytes.Select(b => $"\\{b:x2}"));
}
