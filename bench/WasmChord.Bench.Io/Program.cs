using System.Diagnostics;
using System.Globalization;
using WasmChord.Bench.Io;
using WasmChord.Memory64;

const long Frame = 16 << 20;
int[] requests = [1, 2, 4, 8];
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

if (args.Length < 1 || !File.Exists(args[0]))
{
    Console.Error.WriteLine("""
        usage: WasmChord.Bench.Io FILE [SIZE-PER-CELL [ROUNDS [WORD...]]]
        FILE of at least 1GiB; 256MiB per cell and 1 round unless told; medians over the rounds.
        WORDs choose rows by their labels, such as: direct 2MiB recycled
        Ways: direct past the page cache; buffered with the file dropped from it; cached with the bytes in it.
        """);
    return 2;
}
string path = args[0];
long cellBytes = ByteSize.Parse(args.Length > 1 ? args[1] : "256MiB") / Frame * Frame;
int rounds = args.Length > 2 ? int.Parse(args[2]) : 1;
long fileBytes = new FileInfo(path).Length;
if (cellBytes <= 0 || fileBytes < 2 * cellBytes)
{
    Console.Error.WriteLine($"{path} has {ByteSize.Format(fileBytes)}: too few for cells of {ByteSize.Format(cellBytes)}");
    return 2;
}

// Each cell reads another part of the file, so that no cell finds what the one before left in a cache; the order is
// shuffled anew each round, so that a slow moment of the device does not fall on one row.
Cell[] cells = [.. Cell.All(requests).Where(c => c.Matches(args.Skip(3)))];
Dictionary<Cell, List<Measurement>> results = cells.ToDictionary(c => c, _ => new List<Measurement>());
Random random = new(1);
long start = Stopwatch.GetTimestamp(), position = 0;
using Destination hugePages = new(cellBytes, hugePages: true), smallPages = new(cellBytes, hugePages: false);
hugePages.Touch();
smallPages.Touch();
for (int round = 0; round < rounds; round++)
{
    Cell[] order = [.. cells];
    random.Shuffle(order);
    foreach (Cell cell in order)
    {
        StorageOptions options = new(cell.Mode, cell.RequestMebibytes << 20, KeepPageCache: cell.Cached);
        using IStorage storage = Storage.Open(path, options, out string decision);
        if (storage.Mode != cell.Mode)
        {
            Console.Error.WriteLine(decision);
            return 1;
        }
        if (position + cellBytes > fileBytes) position = 0;
        using Destination? fresh = cell.Recycled ? null : new Destination(cellBytes, cell.HugePages);
        Destination destination = fresh ?? (cell.HugePages ? hugePages : smallPages);
        // What an earlier cell or another program left in the page cache would be taken for the device's rate.
        if (cell.Mode == StorageMode.Buffered) FilePageCache.TryDrop(path);
        if (cell.Cached) Measurement.Take(storage, hugePages, position, cellBytes, cell.ThreadCount);
        results[cell].Add(Measurement.Take(storage, destination, position, cellBytes, cell.ThreadCount));
        position += cellBytes;
    }
}

using IStorage probed = Storage.Open(path, StorageOptions.Default, out string automatic);
Console.WriteLine($"{ByteSize.Format(fileBytes)}, {ByteSize.Format(cellBytes)} per cell, rounds {rounds}, processors {Environment.ProcessorCount}, {Stopwatch.GetElapsedTime(start).TotalSeconds:0} s");
Console.WriteLine($"auto chooses {automatic}");
Console.WriteLine("GB/s (processor seconds per GiB), by request size; direct reads go past the page cache, buffered ones start with the file dropped from it, cached ones find the bytes in it");
Console.WriteLine();
Console.Write(RateTable.Of(requests, results));
Console.WriteLine();
foreach ((Cell cell, Measurement median) in RateTable.Best(results))
    Console.WriteLine($"best {cell.Row[0]}: {median} with {cell.ThreadCount} threads, {cell.RequestMebibytes} MiB, {cell.Row[2]} {cell.Row[1]} pages");
return 0;
