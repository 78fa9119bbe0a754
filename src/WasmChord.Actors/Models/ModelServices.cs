using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>
/// What the actors of one open model share: immutable facts, and the thread-safe objects that outlive a restart of the
/// region and the cache. Owned by the model's supervisor, which disposes it last.
/// </summary>
internal sealed class ModelServices : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, long> _lingering = [];
    private long _lingeringBytes;
    private long _generation;
    private long _bytesRead;
    private Action<long>? _onLingering;
    private volatile IImageMemory? _image;

    public required string Path { get; init; }

    public required ModelSettings Settings { get; init; }

    public required GgufModel Model { get; init; }

    public required ImageLayout Layout { get; init; }

    public required IReadOnlyList<IStorage> Files { get; init; }

    public required IReadOnlyList<string> StorageDecisions { get; init; }

    public required SegmentLoader Loader { get; init; }

    /// <summary>Checksums of what is read by row; null where nothing is verified.</summary>
    public RowChecksums? Rows { get; init; }

    /// <summary>What is remembered from run to run; null where nothing is.</summary>
    public ModelHistory? History { get; init; }

    /// <summary>What became of the sidecar, and whether it is a fault, for the log.</summary>
    public required (string Text, bool IsFault) HistoryDecision { get; init; }

    /// <summary>How the budget is divided; the supervisor changes it.</summary>
    public required ModelMemory Memory { get; init; }

    /// <summary>Memory that the image holds now, with what retired generations still hold.</summary>
    public long HeldImageBytes => (_image?.HeldBytes ?? 0) + LingeringBytes;

    /// <summary>Bytes that loads have read since the model was opened, over all generations.</summary>
    public long BytesRead => Volatile.Read(ref _bytesRead);

    /// <summary>Counts bytes that a load has read.</summary>
    public void CountRead(long bytes) => Interlocked.Add(ref _bytesRead, bytes);

    /// <summary>Bytes that read-ahead may fill; the whole cache where the model is resident.</summary>
    public long ReadAheadBytes { get; set; }

    /// <summary>Bytes that retired generations still hold.</summary>
    public long LingeringBytes => Volatile.Read(ref _lingeringBytes);

    /// <summary>A generation begins, or ends with null.</summary>
    public void SetImage(IImageMemory? image) => _image = image;

    /// <summary>The number of the next region generation, from 1.</summary>
    public long NextGeneration() => Interlocked.Increment(ref _generation);

    /// <summary>Whom to tell, from any thread, when the bytes of retired generations change.</summary>
    public void OnLingering(Action<long> tell)
    {
        lock (_lock) _onLingering = tell;
    }

    /// <summary>Retires a generation and keeps account of what lingers of it.</summary>
    public void Retire(ImageGeneration generation) => generation.Retire(bytes =>
    {
        long sum;
        Action<long>? tell;
        lock (_lock)
        {
            if (bytes == 0) _lingering.Remove(generation.Number);
            else _lingering[generation.Number] = bytes;
            sum = _lingering.Values.Sum();
            Volatile.Write(ref _lingeringBytes, sum);
            tell = _onLingering;
        }

        tell?.Invoke(sum);
    });

    public void Dispose()
    {
        Loader.Dispose();
        foreach (IStorage file in Files) file.Dispose();
        Model.Dispose();
    }
}
