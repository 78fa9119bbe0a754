using System.CommandLine;
using System.Globalization;
using WasmChord.Bench.Compare;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is [BusyProcesses.Verb])
{
    BusyProcesses.Spin();
    return 0;
}
RootCommand root = new("Measures wasmchord end to end: beside a peer's own binaries, and as its costs grow.");
root.Add(new CompareCommand());
root.Add(new ScalingCommand());
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = true });
