using System.Globalization;
using System.Runtime.InteropServices;
using WasmChord.Memory64;

namespace WasmChord.Bench.Compare;

/// <summary>What a reader has to know of the machine to read the figures.</summary>
/// <param name="Processor">Its model, as the system calls it.</param>
/// <param name="ProcessorCount">Processors that this process may use.</param>
/// <param name="MemoryBytes">Memory of the machine.</param>
/// <param name="System">Operating system.</param>
/// <param name="Runtime">Version of .NET.</param>
/// <param name="LoadBefore">Processes that ran or waited on average in the minute before the run; null where unknown.</param>
internal sealed record MachineFacts(string Processor, int ProcessorCount, long MemoryBytes, string System, string Runtime, double? LoadBefore)
{
    public static MachineFacts Read()
    {
        string processor = Lines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
            ?? RuntimeInformation.ProcessArchitecture.ToString();
        string? load = Lines("/proc/loadavg").FirstOrDefault()?.Split(' ')[0];
        return new MachineFacts(processor, Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, RuntimeInformation.OSDescription,
            RuntimeInformation.FrameworkDescription, double.TryParse(load, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Processor}, {ProcessorCount} processors, {ByteSize.Format(MemoryBytes)}, {System}, {Runtime}{(LoadBefore is { } load ? $"; load before the run {load:0.0}" : "")}");

    private static IEnumerable<string> Lines(string path) => File.Exists(path) ? File.ReadLines(path) : [];
}
