using System.IO.Hashing;
using WasmChord.Gguf;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>
/// What was found of a model's sidecar while the model is opened: first read, then held against the model's headers, then
/// against the open files. Whatever does not agree, it is not used.
/// </summary>
internal sealed class SidecarFinding
{
    private readonly IReadOnlyList<(long Bytes, ulong Checksum)> _headers;
    private readonly ModelSidecar? _read;
    private readonly SidecarSettings _settings;
    private readonly long _nowSeconds;

    private SidecarFinding(SidecarStore store, GgufModel model, IReadOnlyList<(long, ulong)> headers, SidecarSettings settings, DateTimeOffset now)
    {
        Store = store;
        ModelPath = model.Files[0].Name;
        _headers = headers;
        _settings = settings;
        _nowSeconds = now.ToUnixTimeSeconds();
        _read = store.Load(ModelPath, out string why);
        Fault = why;
        IsBroken = why.Length > 0;
    }

    /// <summary>Where sidecars lie.</summary>
    public SidecarStore Store { get; }

    /// <summary>The model's first file.</summary>
    public string ModelPath { get; }

    /// <summary>The sidecar, once it has been found true of the open files; null while it has not, or where there is none.</summary>
    public ModelSidecar? Sidecar { get; private set; }

    /// <summary>Why the sidecar is not used; empty where it is, or where there is none.</summary>
    public string Fault { get; private set; }

    /// <summary>Whether that is because it is broken, rather than of another state of the model.</summary>
    public bool IsBroken { get; }

    /// <summary>Reads the sidecar of a model. Blocks.</summary>
    public static SidecarFinding Read(SidecarStore store, GgufModel model, IReadOnlyList<(long, ulong)> headers, SidecarSettings settings, DateTimeOffset now) =>
        new(store, model, headers, settings, now);

    /// <summary>Length and checksum of each file's header.</summary>
    /// <exception cref="IOException">A header can no longer be read.</exception>
    public static async Task<IReadOnlyList<(long Bytes, ulong Checksum)>> HashHeadersAsync(GgufModel model)
    {
        List<(long, ulong)> headers = [];
        byte[] buffer = new byte[256 << 10];
        foreach (GgufFile file in model.Files)
        {
            XxHash3 hash = new();
            for (long done = 0; done < file.HeaderBytes;)
            {
                int wanted = (int)Math.Min(buffer.Length, file.HeaderBytes - done);
                int read = await file.Source.ReadAsync(buffer.AsMemory(0, wanted), done).ConfigureAwait(false);
                if (read == 0) throw new EndOfStreamException($"{file.Name} ends at {done}, within its header of {file.HeaderBytes} bytes");
                hash.Append(buffer.AsSpan(0, read));
                done += read;
            }

            headers.Add((file.HeaderBytes, hash.GetCurrentHashAsUInt64()));
        }

        return headers;
    }

    /// <summary>What an earlier run has measured of a file, unless that is too long ago.</summary>
    public RememberedStorage? Remembered(int fileIndex)
    {
        if (_read is null || fileIndex >= _read.Files.Count) return null;
        SidecarFile file = _read.Files[fileIndex];
        bool isFresh = file.MeasuredSeconds <= _nowSeconds && _nowSeconds - file.MeasuredSeconds < _settings.ProbeAgainAfter.TotalSeconds;
        return isFresh && file.Measure is { } measure ? new RememberedStorage(file.Identity, measure) : null;
    }

    /// <summary>Holds the sidecar against the open files.</summary>
    /// <param name="files">The open files.</param>
    /// <param name="measures">What was measured of each, now or then.</param>
    /// <returns>What the next sidecar says of them.</returns>
    public IReadOnlyList<SidecarFile> Confirm(IReadOnlyList<IStorage> files, IReadOnlyList<StorageMeasure?> measures)
    {
        SidecarFile[] now = new SidecarFile[files.Count];
        for (int i = 0; i < now.Length; i++)
        {
            now[i] = new SidecarFile(files[i].Identity, _headers[i].Bytes, _headers[i].Checksum, measures[i], measures[i] is null ? 0 : _nowSeconds);
            // A measure that served again is as old as it was, and one that was not needed this time may be the next.
            if (Remembered(i)?.Identity == files[i].Identity) now[i] = now[i] with { Measure = _read!.Files[i].Measure, MeasuredSeconds = _read.Files[i].MeasuredSeconds };
        }

        if (_read is null) return now;
        if (_read.IsOf(now, out string difference)) Sidecar = _read;
        else Fault = difference;
        return now;
    }
}
