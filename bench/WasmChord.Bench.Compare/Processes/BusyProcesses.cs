using System.Diagnostics;

namespace WasmChord.Bench.Compare;

/// <summary>Processes that each keep one processor busy until disposed; they also end by themselves when this process does.</summary>
internal sealed class BusyProcesses : IDisposable
{
    /// <summary>The argument that makes this program such a process.</summary>
    public const string Verb = "spin";

    private readonly List<Process> _processes = [];

    public BusyProcesses(int count)
    {
        for (int i = 0; i < count; i++)
        {
            string program = Environment.ProcessPath ?? throw new InvalidOperationException("the program that runs is not known");
            string[] arguments = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [typeof(BusyProcesses).Assembly.Location, Verb] : [Verb];
            _processes.Add(Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true })!);
        }
    }

    /// <summary>What such a process does: integer arithmetic, until its standard input closes.</summary>
    public static void Spin()
    {
        Thread reader = new(() => { while (Console.In.Read() >= 0) { } }) { IsBackground = true };
        reader.Start();
        ulong state = 1;
        while (reader.IsAlive)
            for (int i = 0; i < 1 << 20; i++) state = state * 6364136223846793005 + 1442695040888963407;
        GC.KeepAlive(state);
    }

    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            process.Kill();
            process.Dispose();
        }
        _processes.Clear();
    }
}
