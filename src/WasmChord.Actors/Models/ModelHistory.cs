using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>
/// What is remembered of one model from run to run: read when it is opened, gathered while it is served, saved from time to
/// time and when it is closed. Reading and saving block, and happen on threads that may; everything else may be asked by
/// any thread.
/// </summary>
internal sealed class ModelHistory
{
    // What other layouts have learned is kept up to so many times this one's segments: who tries tile sizes fills no disk.
    private const int MostOtherLayouts = 4;

    private readonly SidecarStore _store;
    private readonly string _modelPath;
    private readonly SegmentTable _table;
    private readonly IReadOnlyList<SidecarFile> _files;
    private readonly ModelSidecar? _earlier;
    private readonly SegmentChecksums? _checksums;
    private readonly RowChecksums? _rows;
    private long _savedNews;

    /// <summary>Begins with what an earlier run remembers.</summary>
    /// <param name="found">What was found when the model was opened.</param>
    /// <param name="files">The model's files now, with what was measured of them.</param>
    /// <param name="table">The segments.</param>
    /// <param name="checksums">The segments' checksums; null where nothing is verified.</param>
    /// <param name="rows">The checksums of what is read by row; null where there is no such thing.</param>
    public ModelHistory(SidecarFinding found, IReadOnlyList<SidecarFile> files, SegmentTable table, SegmentChecksums? checksums, RowChecksums? rows)
    {
        _store = found.Store;
        _modelPath = found.ModelPath;
        _files = files;
        _table = table;
        _earlier = found.Sidecar;
        _checksums = checksums;
        _rows = rows;
        Uses = new SegmentUses(table, _earlier);
        // What was measured anew is worth saving, if nothing else comes.
        _savedNews = _earlier is not null && _earlier.Files.SequenceEqual(files) ? 0 : -1;
    }

    /// <summary>How often segments are used.</summary>
    public SegmentUses Uses { get; }

    /// <summary>Whether saving would save anything new.</summary>
    public bool HasNews => News > Volatile.Read(ref _savedNews);

    /// <summary>Checksums of an earlier run that two reads of this one have overruled.</summary>
    public int Overruled => (_checksums?.Overruled ?? 0) + (_rows?.Overruled ?? 0);

    private long News => Uses.Total + (_checksums?.Taken ?? 0) + (_rows?.Taken ?? 0);

    /// <summary>Saves what is known now. Blocks.</summary>
    /// <returns>Why it could not be saved; null where it was.</returns>
    public string? Save()
    {
        long news = News;
        try
        {
            _store.Save(_modelPath, Compose());
            Volatile.Write(ref _savedNews, news);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return e.Message;
        }
    }

    private ModelSidecar Compose()
    {
        List<SidecarExtent> extents = [];
        HashSet<(int, long, long)> named = [];
        bool wasUsed = Uses.Total > 0;
        foreach (Segment s in _table.Segments)
        {
            SidecarExtent before = default;
            _earlier?.TryGet(s.FileIndex, s.FileOffset, s.FileByteLength, out before);
            ulong? checksum = _checksums is null ? before.Checksum : _checksums.TryGet(s.Id, out ulong known) ? known : null;
            (uint uses, uint first) = wasUsed ? (Uses.UsesOf(s.Id), Uses.PlaceOf(s.Id)) : (before.Uses, before.FirstUse);
            if ((checksum is not null || uses > 0) && named.Add((s.FileIndex, s.FileOffset, s.FileByteLength)))
                extents.Add(new SidecarExtent(s.FileIndex, s.FileOffset, s.FileByteLength, checksum, uses, first));
        }

        // What runs with other tiles have learned stays, unless it has turned out to be wrong about these.
        int most = Math.Min(ModelSidecar.MaxExtents, (1 + MostOtherLayouts) * _table.Count);
        foreach (SidecarExtent e in Overruled == 0 && _earlier is not null ? _earlier.Extents : [])
            if (extents.Count < most && named.Add((e.FileIndex, e.Offset, e.ByteLength))) extents.Add(e);
        return ModelSidecar.Create(_files, extents.Take(ModelSidecar.MaxExtents), _rows is null ? _earlier?.Rows ?? [] : _rows.Known().Take(ModelSidecar.MaxRows));
    }
}
