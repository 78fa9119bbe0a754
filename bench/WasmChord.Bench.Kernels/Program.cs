using System.CommandLine;
using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Running;
using WasmChord.Bench.Kernels;

if (args is [RatesCommand.Verb, ..])
{
    CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
    RootCommand root = new("Rates of kernels.") { new RatesCommand() };
    return root.Parse(args).Invoke();
}

// --quick is ours: fewer and shorter iterations. Everything else goes to BenchmarkDotNet; without a filter, all run.
bool quick = args.Contains("--quick");
List<string> rest = [.. args.Where(arg => arg != "--quick")];
if (rest.Count == 0) rest = ["--filter", "*"];
return BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run([.. rest], new BenchmarkSettings(quick)).Any() ? 0 : 1;
