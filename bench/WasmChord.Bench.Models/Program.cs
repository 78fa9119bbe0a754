using System.Diagnostics;
using System.Globalization;
using WasmChord.Bench.Models;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
GeneratorArguments arguments;
try
{
    arguments = GeneratorArguments.Parse(args);
}
catch (ArgumentException e)
{
    Console.Error.WriteLine(e.Message);
    Console.Error.WriteLine(GeneratorArguments.Usage);
    return 2;
}

long start = Stopwatch.GetTimestamp();
if (arguments.Sparse) await SyntheticModel.WriteSparseAsync(arguments.Shape, arguments.Types, arguments.Seed, arguments.Path);
else await SyntheticModel.WriteAsync(arguments.Shape, arguments.Types, arguments.Seed, arguments.Path);
double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

ModelPlan plan = new(arguments.Shape, arguments.Types);
long bytes = new FileInfo(arguments.Path).Length;
Console.WriteLine($"{arguments.Path}: {arguments.Shape.Name} {arguments.Types.Name}, {plan.Tensors.Count} tensors, "
    + $"{bytes:N0} bytes ({plan.TensorBytes:N0} of tensors), {seconds:0.0} s{(arguments.Sparse ? ", sparse" : $", {bytes / seconds / 1e6:0} MB/s")}");
return 0;
