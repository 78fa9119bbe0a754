using WasmChord.Bench.Io;
using WasmChord.Memory64;

namespace WasmChord.Bench.Compare;

/// <summary>
/// What storage gives at this moment: direct reads into huge pages that are present, by as many threads and in requests as
/// long as serve best here; each measurement reads another part of the file. Holds the memory that it reads into.
/// </summary>
internal sealed class StorageProbe : IDisposable
{
    private const long ExtentBytes = 16 << 20, MostBytes = 512 << 20;

    private static readonly (int Threads, int RequestMebibytes)[] s_ways = [(1, 4), (2, 8), (4, 8)];

    private readonly string _path;
    private readonly long _fileBytes, _cellBytes;
    private readonly Destination _destination;
    private long _position;

    /// <summary>Measures reads of a file.</summary>
    /// <exception cref="ArgumentException">The file is shorter than 32 MiB.</exception>
    public StorageProbe(string path)
    {
        _path = path;
        _fileBytes = new FileInfo(path).Length;
        _cellBytes = Math.Min(MostBytes, _fileBytes / 2) / ExtentBytes * ExtentBytes;
        if (_cellBytes == 0) throw new ArgumentException($"{path} has {ByteSize.Format(_fileBytes)}: too little to measure reading");
        _destination = new Destination(_cellBytes, hugePages: true);
        _destination.Touch();
    }

    /// <summary>The rate of the best way, in bytes per second.</summary>
    public double Measure()
    {
        double best = 0;
        foreach ((int threads, int requestMebibytes) in s_ways)
        {
            using IStorage storage = Storage.Open(_path, new StorageOptions(StorageMode.Direct, requestMebibytes << 20), out _);
            if (_position + _cellBytes > _fileBytes) _position = 0;
            best = Math.Max(best, Measurement.Take(storage, _destination, _position, _cellBytes, threads).Rate * 1e9);
            _position += _cellBytes;
        }
        return best;
    }

    public void Dispose() => _destination.Dispose();
}
