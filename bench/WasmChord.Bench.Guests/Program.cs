using WasmChord.Bench.Guests;
using WasmChord.Memory64;

const string Usage = """
    WasmChord.Bench.Guests MODEL [calls|bandwidth|parallel|all] [--budget 1GiB] [--guests 16] [--rounds 5]
        calls      what a call between guest and host costs
        bandwidth  rate of reading one resident layer: in place, through the bridge, and a plain copy by the host
        parallel   many guests sum all layers, in place and through the bridge; memory and result against the host's own
    """;

string[] words = [.. args];
string Value(string name, string fallback)
{
    int at = Array.IndexOf(words, name);
    return at < 0 || at + 1 >= words.Length ? fallback : words[at + 1];
}

if (words.Length == 0 || words[0].StartsWith('-'))
{
    Console.Error.WriteLine(Usage);
    return 2;
}

string what = words.Length > 1 && !words[1].StartsWith('-') ? words[1] : "all";
if (!BudgetSpec.TryParse(Value("--budget", "1GiB"), out BudgetSpec budget) || !int.TryParse(Value("--guests", "16"), out int guests) || guests < 1
    || !int.TryParse(Value("--rounds", "5"), out int rounds) || rounds < 1 || what is not ("calls" or "bandwidth" or "parallel" or "all"))
{
    Console.Error.WriteLine(Usage);
    return 2;
}

if (what is "calls" or "all") CallCosts.Measure(rounds, Console.Out);
if (what is "bandwidth" or "all") await Bandwidth.MeasureAsync(words[0], rounds, Console.Out);
if (what is "parallel" or "all") await ParallelSums.MeasureAsync(words[0], budget, guests, rounds, Console.Out);
return 0;
