namespace WasmChord.Cli;

/// <summary>What visits to one layer took.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Bytes">Its bytes in the image.</param>
/// <param name="Hits">Visits that found all of it resident.</param>
/// <param name="Misses">Visits that had to wait for some of it.</param>
/// <param name="P50">Median time from request to lease, in milliseconds.</param>
/// <param name="Max">The longest, in milliseconds.</param>
/// <param name="InParts">True where it exceeds the budget and was read in parts.</param>
internal sealed record LayerReport(string Layer, long Bytes, int Hits, int Misses, double P50, double Max, bool InParts);
