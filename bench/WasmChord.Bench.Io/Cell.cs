using WasmChord.Memory64;

namespace WasmChord.Bench.Io;

/// <summary>One way to read: a cell of the table.</summary>
/// <param name="Mode">Direct or buffered.</param>
/// <param name="HugePages">Destination in pages of 2 MiB, else of 4 KiB.</param>
/// <param name="Recycled">Destination pages are present already, else they are made on the way.</param>
/// <param name="ThreadCount">Threads that read at once.</param>
/// <param name="RequestMebibytes">Longest single request.</param>
internal readonly record struct Cell(StorageMode Mode, bool HugePages, bool Recycled, int ThreadCount, int RequestMebibytes)
{
    /// <summary>Every combination.</summary>
    public static IEnumerable<Cell> All(IReadOnlyList<int> requests) =>
        from mode in new[] { StorageMode.Direct, StorageMode.Buffered }
        from huge in new[] { true, false }
        from recycled in new[] { true, false }
        from threads in new[] { 1, 2, 4 }
        from request in requests
        select new Cell(mode, huge, recycled, threads, request);

    /// <summary>What the cells of one row share.</summary>
    public string Row => $"{Mode,-9}{(HugePages ? "2MiB" : "4KiB"),-6}{(Recycled ? "recycled" : "fresh"),-9}{ThreadCount,7}";

    /// <summary>True where every word occurs in the row's label.</summary>
    public bool Matches(IEnumerable<string> words)
    {
        string row = Row;
        return words.All(w => row.Split(' ').Contains(w, StringComparer.OrdinalIgnoreCase));
    }
}
