using System.Globalization;
using System.Text;

namespace WasmChord.Memory64;

/// <summary>
/// The checksums of one model file, kept beside it in a text file named after it with <c>.xxh3</c> added. The first line is
/// <c>wasmchord-xxh3 1 LENGTH COUNT</c> (format version, length of the model file in bytes, number of extents); each
/// further line is <c>OFFSET LENGTH CHECKSUM</c> (decimal bytes, 16 hexadecimal digits), ascending, none overlapping the
/// next.
/// </summary>
public sealed class ChecksumFile
{
    /// <summary>What is added to the model file's name.</summary>
    public const string Suffix = ".xxh3";

    private const string Magic = "wasmchord-xxh3";
    private const string FormatVersion = "1";

    private readonly ChecksumExtent[] _extents;
    private readonly Dictionary<(long Offset, long ByteLength), ulong> _checksums;

    /// <summary>Gathers extents; their order does not matter.</summary>
    /// <exception cref="ArgumentException">An extent is empty, lies outside the file, or overlaps another.</exception>
    public ChecksumFile(long fileBytes, IEnumerable<ChecksumExtent> extents)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fileBytes);
        FileBytes = fileBytes;
        _extents = [.. extents.OrderBy(e => e.Offset)];
        long end = 0;
        foreach (ChecksumExtent e in _extents)
        {
            if (e.Offset < end || e.ByteLength <= 0 || e.ByteLength > fileBytes - e.Offset)
                throw new ArgumentException($"extent {e.Offset}+{e.ByteLength}: the one before ends at {end}, the file at {fileBytes}", nameof(extents));
            end = e.Offset + e.ByteLength;
        }
        _checksums = _extents.ToDictionary(e => (e.Offset, e.ByteLength), e => e.Checksum);
    }

    /// <summary>Length of the model file in bytes.</summary>
    public long FileBytes { get; }

    /// <summary>The extents, ascending.</summary>
    public IReadOnlyList<ChecksumExtent> Extents => _extents;

    /// <summary>Where the checksums of a model file lie.</summary>
    public static string PathFor(string modelPath) => modelPath + Suffix;

    /// <summary>The checksum of exactly this extent; false where the file has none.</summary>
    public bool TryGet(long offset, long byteLength, out ulong checksum) => _checksums.TryGetValue((offset, byteLength), out checksum);

    /// <summary>Reads the checksums beside a model file; null where there are none.</summary>
    /// <exception cref="StorageException">
    /// <see cref="StorageError.BadChecksumFile"/>: the file is broken, or speaks of a model of another length.
    /// </exception>
    public static ChecksumFile? TryLoadBeside(string modelPath)
    {
        string path = PathFor(modelPath);
        if (!File.Exists(path)) return null;
        ChecksumFile file = Load(path);
        long actual = new FileInfo(modelPath).Length;
        if (file.FileBytes != actual)
            throw new StorageException(StorageError.BadChecksumFile, path, -1, $"checksums of {actual} bytes", $"those of {file.FileBytes} bytes");
        return file;
    }

    /// <summary>Reads a checksum file.</summary>
    /// <exception cref="StorageException"><see cref="StorageError.BadChecksumFile"/> with the line, or <see cref="StorageError.CannotOpen"/>.</exception>
    public static ChecksumFile Load(string path)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(path, Encoding.UTF8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(StorageError.CannotOpen, path, -1, "a readable checksum file", e.Message, 0, e);
        }
        string[] header = lines.Length > 0 ? lines[0].Split(' ') : [];
        if (header.Length != 4 || header[0] != Magic || header[1] != FormatVersion
            || !TryParseBytes(header[2], out long fileBytes) || !TryParseBytes(header[3], out long count))
            throw Bad(path, 1, $"'{Magic} {FormatVersion} LENGTH COUNT'", lines.Length > 0 ? $"'{lines[0]}'" : "an empty file");
        if (count != lines.Length - 1) throw Bad(path, lines.Length, $"{count} extents", $"{lines.Length - 1}");
        ChecksumExtent[] extents = new ChecksumExtent[count];
        long end = 0;
        for (int i = 1; i < lines.Length; i++)
        {
            if (!TryParse(lines[i], out ChecksumExtent e)) throw Bad(path, i + 1, "'OFFSET LENGTH CHECKSUM'", $"'{lines[i]}'");
            if (e.Offset < end || e.ByteLength == 0 || e.ByteLength > fileBytes - e.Offset)
                throw Bad(path, i + 1, $"an extent between {end} and {fileBytes}", $"'{lines[i]}'");
            extents[i - 1] = e;
            end = e.Offset + e.ByteLength;
        }
        return new ChecksumFile(fileBytes, extents);
    }

    /// <summary>Writes the checksums; a reader sees the old file or the new one, never a part.</summary>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public void Save(string path)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{Magic} {FormatVersion} {FileBytes} {_extents.Length}\n");
        foreach (ChecksumExtent e in _extents)
            text.Append(CultureInfo.InvariantCulture, $"{e.Offset} {e.ByteLength} {e.Checksum:x16}\n");
        string draft = $"{path}.{Guid.NewGuid():n}.tmp";
        try
        {
            using (FileStream stream = new(draft, FileMode.CreateNew, FileAccess.Write))
            {
                stream.Write(Encoding.UTF8.GetBytes(text.ToString()));
                stream.Flush(flushToDisk: true);
            }
            File.Move(draft, path, overwrite: true);
        }
        finally
        {
            File.Delete(draft);
        }
    }

    private static bool TryParse(string line, out ChecksumExtent extent)
    {
        extent = default;
        string[] parts = line.Split(' ');
        if (parts.Length != 3 || parts[2].Length != 16) return false;
        if (!TryParseBytes(parts[0], out long offset) || !TryParseBytes(parts[1], out long byteLength)) return false;
        if (!ulong.TryParse(parts[2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong checksum)) return false;
        extent = new ChecksumExtent(offset, byteLength, checksum);
        return true;
    }

    private static bool TryParseBytes(string text, out long bytes) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out bytes);

    private static StorageException Bad(string path, int line, string expected, string actual) =>
        new(StorageError.BadChecksumFile, $"{path}, line {line}", -1, expected, actual);
}
