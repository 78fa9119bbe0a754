using System.Globalization;

namespace WasmChord.Bench.Compare;

/// <summary>
/// Looks at a process in <c>/proc</c> every 20 ms and keeps the highest of what it sees. The files it reads cost the
/// process nothing: none of them walks its page tables, as <c>smaps_rollup</c> would.
/// </summary>
/// <param name="processId">Which process.</param>
internal sealed class ProcessWatch(int processId)
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(20);

    public long PeakResidentBytes { get; private set; }

    public long PeakPrivateBytes { get; private set; }

    public long StorageBytes { get; private set; }

    /// <summary>Looks until told to stop.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            Look();
            await Task.Delay(s_interval, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Look()
    {
        // A process that has just ended leaves files that are gone or without these lines; what was seen stands.
        try
        {
            Dictionary<string, long> status = Fields(File.ReadAllText($"/proc/{processId}/status"));
            PeakResidentBytes = Math.Max(PeakResidentBytes, status.GetValueOrDefault("VmHWM") * 1024);
            PeakPrivateBytes = Math.Max(PeakPrivateBytes, (status.GetValueOrDefault("RssAnon") + status.GetValueOrDefault("RssShmem")) * 1024);
            StorageBytes = Math.Max(StorageBytes, Fields(File.ReadAllText($"/proc/{processId}/io")).GetValueOrDefault("read_bytes"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>The numbers of lines such as <c>VmHWM:	 1234 kB</c>, by name.</summary>
    internal static Dictionary<string, long> Fields(string text)
    {
        Dictionary<string, long> fields = [];
        foreach (string line in text.Split('\n'))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0) continue;
            string value = line[(colon + 1)..].Trim().Split(' ', '\t')[0];
            if (long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number)) fields[line[..colon]] = number;
        }
        return fields;
    }
}
