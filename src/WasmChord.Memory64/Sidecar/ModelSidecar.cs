using System.Diagnostics.CodeAnalysis;

namespace WasmChord.Memory64;

/// <summary>
/// What one run remembers of a model for the next: how its files could be read, the checksums of what was read, and how
/// often each segment was used. Speaks of byte ranges, so that it serves other layouts as far as their segments are the
/// same ranges. It is a cache: losing it costs time, never correctness.
/// </summary>
public sealed class ModelSidecar
{
    /// <summary>Most files, extents and rows that a sidecar may hold.</summary>
    public const int MaxFiles = 4096, MaxExtents = 1 << 18, MaxRows = 1 << 19;

    private readonly SidecarExtent[] _extents;

    private ModelSidecar(SidecarFile[] files, SidecarExtent[] extents, SidecarRow[] rows)
    {
        Files = files;
        Rows = rows;
        _extents = extents;
    }

    /// <summary>The files, by file index.</summary>
    public IReadOnlyList<SidecarFile> Files { get; }

    /// <summary>The byte ranges, ascending by file, offset and length, each once. Ranges of different layouts may overlap.</summary>
    public IReadOnlyList<SidecarExtent> Extents => _extents;

    /// <summary>The rows, ascending, each once.</summary>
    public IReadOnlyList<SidecarRow> Rows { get; }

    /// <summary>Gathers what is known; extents and rows may come in any order.</summary>
    /// <exception cref="ArgumentException">Something lies outside its file, is named twice, or is too much; the message holds it.</exception>
    public static ModelSidecar Create(IEnumerable<SidecarFile> files, IEnumerable<SidecarExtent> extents, IEnumerable<SidecarRow> rows)
    {
        SidecarExtent[] ranges = [.. extents.OrderBy(e => e.FileIndex).ThenBy(e => e.Offset).ThenBy(e => e.ByteLength)];
        return TryCreate([.. files], ranges, [.. rows.OrderBy(r => r.Row)], out ModelSidecar? sidecar, out string why) ? sidecar : throw new ArgumentException(why);
    }

    /// <summary>What is known of exactly this byte range; false where nothing is.</summary>
    public bool TryGet(int fileIndex, long offset, long byteLength, out SidecarExtent extent)
    {
        int low = 0, high = _extents.Length - 1;
        while (low <= high)
        {
            int middle = low + (high - low) / 2;
            extent = _extents[middle];
            int order = PlaceOf(extent).CompareTo((fileIndex, offset, byteLength));
            if (order == 0) return true;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        extent = default;
        return false;
    }

    /// <summary>Whether it speaks of the files as they are now.</summary>
    /// <param name="files">The model's files now, by file index.</param>
    /// <param name="difference">The first difference, for people; empty where there is none.</param>
    public bool IsOf(IReadOnlyList<SidecarFile> files, out string difference)
    {
        ArgumentNullException.ThrowIfNull(files);
        difference = files.Count == Files.Count ? "" : $"it speaks of {Files.Count} files, the model has {files.Count}";
        for (int i = 0; difference.Length == 0 && i < files.Count; i++)
        {
            if (!Files[i].HasSameContentAs(files[i]))
                difference = $"it speaks of file {i} with {Files[i].Identity}, header {Files[i].HeaderChecksum:x16}; it has {files[i].Identity}, header {files[i].HeaderChecksum:x16}";
        }

        return difference.Length == 0;
    }

    internal static bool TryCreate(SidecarFile[] files, SidecarExtent[] extents, SidecarRow[] rows, [NotNullWhen(true)] out ModelSidecar? sidecar, out string why)
    {
        why = Fault(files, extents, rows);
        sidecar = why.Length == 0 ? new ModelSidecar(files, extents, rows) : null;
        return sidecar is not null;
    }

    private static string Fault(SidecarFile[] files, SidecarExtent[] extents, SidecarRow[] rows)
    {
        if (files.Length is 0 or > MaxFiles || extents.Length > MaxExtents || rows.Length > MaxRows)
            return $"{files.Length} files, {extents.Length} extents and {rows.Length} rows are none or too many";
        for (int i = 0; i < files.Length; i++)
        {
            SidecarFile f = files[i];
            if (f.Identity.Length < 0 || f.HeaderBytes < 0 || f.HeaderBytes > f.Identity.Length)
                return $"file {i} of {f.Identity.Length} bytes has a header of {f.HeaderBytes}";
            if (f.Measure is { } m && !(f.MeasuredSeconds > 0 && IsRate(m.DirectRate) && m.DirectRate + m.BufferedRate > 0 && IsRate(m.BufferedRate)))
                return $"file {i}: rates {m.DirectRate} and {m.BufferedRate}, measured at {f.MeasuredSeconds}";
        }

        (int File, long Offset, long Length) last = (-1, 0, 0);
        foreach (SidecarExtent e in extents)
        {
            if ((uint)e.FileIndex >= (uint)files.Length || e.Offset < 0 || e.ByteLength <= 0 || e.ByteLength > files[e.FileIndex].Identity.Length - e.Offset)
                return $"extent {e.Offset}+{e.ByteLength} lies outside file {e.FileIndex}";
            if (PlaceOf(e).CompareTo(last) <= 0) return $"extent {e.Offset}+{e.ByteLength} of file {e.FileIndex} is named twice or out of order";
            last = PlaceOf(e);
        }

        int lastRow = -1;
        foreach (SidecarRow r in rows)
        {
            if (r.Row <= lastRow || r.Checksum == 0) return $"row {r.Row} after row {lastRow}, checksum {r.Checksum:x8}";
            lastRow = r.Row;
        }

        return "";
    }

    private static (int File, long Offset, long Length) PlaceOf(SidecarExtent e) => (e.FileIndex, e.Offset, e.ByteLength);

    private static bool IsRate(double rate) => double.IsFinite(rate) && rate >= 0;
}
