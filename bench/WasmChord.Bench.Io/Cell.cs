using WasmChord.Memory64;

namespace WasmChord.Bench.Io;

/// <summary>One way to read: a cell of the table.</summary>
/// <param name="Mode">Direct or buffered.</param>
/// <param name="Cached">The bytes are in the page cache already, else the file has just been dropped from it.</param>
/// <param name="HugePages">Destination in pages of 2 MiB, else of 4 KiB.</param>
/// <param name="Recycled">Destination pages are present already, else they are made on the way.</param>
/// <param name="ThreadCount">Threads that read at once.</param>
/// <param name="RequestMebibytes">Longest single request.</param>
internal readonly record struct Cell(StorageMode Mode, bool Cached, bool HugePages, bool Recycled, int ThreadCount, int RequestMebibytes)
{
    /// <summary>Every combination; direct reads go past the page cache, so they have no cached twin.</summary>
    public static IEnumerable<Cell> All(IReadOnlyList<int> requests) =>
        from way in new (StorageMode Mode, bool Cached)[] { (StorageMode.Direct, false), (StorageMode.Buffered, false), (StorageMode.Buffered, true) }
        from huge in new[] { true, false }
        from recycled in new[] { true, false }
        from threads in new[] { 1, 2, 4 }
        from request in requests
        select new Cell(way.Mode, way.Cached, huge, recycled, threads, request);

    /// <summary>What the cells of one row share, a word each.</summary>
    public IReadOnlyList<string> Row =>
    [
        Cached ? "cached" : Mode.ToString().ToLowerInvariant(), HugePages ? "2MiB" : "4KiB", Recycled ? "recycled" : "fresh", $"{ThreadCount}",
    ];

    /// <summary>True where every word occurs in the row's label.</summary>
    public bool Matches(IEnumerable<string> words)
    {
        IReadOnlyList<string> row = Row;
        return words.All(w => row.Contains(w, StringComparer.OrdinalIgnoreCase));
    }
}
