using System.CommandLine;
using WasmChord.Bench.Models;
using WasmChord.Gguf;

namespace WasmChord.Bench.Kernels;

/// <summary><c>rates</c>: the kernels in short interleaved rounds, beside the peer's own where its libraries are given.</summary>
internal sealed class RatesCommand : Command
{
    public const string Verb = "rates";

    private static readonly int[] s_values = [4096, 4 << 20], s_positions = [1, 64];

    private readonly Option<string?> _ggml = new("--ggml") { Description = "The peer's libggml-base.so and libggml-cpu.so, separated by a comma, or the folder of both.", HelpName = "PATH" };
    private readonly Option<string> _types = new("--types") { Description = "Types, separated by commas; all unless told.", HelpName = "A,B,...", DefaultValueFactory = _ => "" };
    private readonly Option<string> _only = new("--only") { Description = "dequantize or products; both unless told.", HelpName = "KIND", DefaultValueFactory = _ => "" };
    private readonly Option<int> _rounds = new("--rounds") { Description = "Measurements of each.", DefaultValueFactory = _ => 9 };
    private readonly Option<int> _milliseconds = new("--milliseconds") { Description = "Shortest measurement.", DefaultValueFactory = _ => 20 };
    private readonly Option<string?> _out = new("--out") { Description = "File that receives the tables too.", HelpName = "FILE" };

    public RatesCommand() : base(Verb, "Rates of kernels, beside the peer's.")
    {
        foreach (Option option in new Option[] { _ggml, _types, _only, _rounds, _milliseconds, _out }) Add(option);
        SetAction(Run);
    }

    private int Run(ParseResult parsed)
    {
        GgmlLibrary? peer = parsed.GetValue(_ggml) is { } paths ? GgmlLibrary.Load(paths.Split(',')) : null;
        GgmlType[] types = Types(parsed.GetRequiredValue(_types));
        RateClock clock = new(Math.Max(1, parsed.GetValue(_rounds)), parsed.GetValue(_milliseconds) / 1e3);
        string only = parsed.GetRequiredValue(_only);
        List<DequantizeRates> dequantize = [];
        List<ProductRates> products = [];
        string command = $"dotnet run -c Release --project bench/WasmChord.Bench.Kernels -- {string.Join(' ', Environment.GetCommandLineArgs().Skip(1).Select(WithoutFolders))}";
        string text = "";
        foreach (GgmlType type in types)
        {
            GgmlTypeFunctions? functions = peer?.For(type);
            if (only != "products") dequantize.AddRange(s_values.Select(v => DequantizeRates.Measure(type, v, functions, clock)));
            if (only != "dequantize")
            {
                foreach (WeightPlace place in Enum.GetValues<WeightPlace>())
                    products.AddRange(s_positions.Select(p => ProductRates.Measure(type, p, place, functions, clock)));
            }
            // Written anew after each type: all of them take a while, and a run that is stopped leaves what it had.
            text = RateReport.All(command, dequantize, products);
            if (parsed.GetValue(_out) is { } path) File.WriteAllText(path, text);
            Console.Error.WriteLine(type);
        }
        Console.WriteLine(text);
        return 0;
    }

    private static GgmlType[] Types(string names) => names.Length == 0
        ? [.. GgmlTypeTraits.All.Select(t => t.Type).Where(WeightFiller.CanFill)]
        : [.. names.Split(',').Select(n => GgmlTypeTraits.TryParse(n, out GgmlTypeTraits traits) ? traits.Type : throw new ArgumentException($"'{n}' is no type"))];

    private static string WithoutFolders(string argument) => string.Join(',', argument.Split(',').Select(a => a.Contains('/') ? Path.GetFileName(a.TrimEnd('/')) : a));
}
