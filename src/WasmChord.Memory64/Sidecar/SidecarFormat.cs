using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;

namespace WasmChord.Memory64;

/// <summary>
/// A sidecar as bytes, little-endian: magic <c>wcsidcar</c>, version u32, counts of files, extents and rows u32 each, length
/// of the whole u64; then the files (72 bytes each: the identity's four numbers, header length and checksum, time of
/// measuring or 0, two rates f64), the extents (40 bytes each: file u32, flags u32 of which bit 0 says that the checksum
/// is known, offset, length, checksum, uses u32, first use u32), the rows (8 bytes each), and the XxHash3 of all that.
/// </summary>
public static class SidecarFormat
{
    /// <summary>The version that is written, and the only one that is read: a sidecar of another is rebuilt.</summary>
    public const uint Version = 1;

    /// <summary>Longest sidecar that can be; longer files are not read.</summary>
    public const long MaxBytes = HeaderBytes + (long)ModelSidecar.MaxFiles * FileBytes + (long)ModelSidecar.MaxExtents * ExtentBytes + (long)ModelSidecar.MaxRows * RowBytes + ChecksumBytes;

    /// <summary>Shortest sidecar that can be.</summary>
    public const int MinBytes = HeaderBytes + FileBytes + ChecksumBytes;

    private const int HeaderBytes = 32, FileBytes = 72, ExtentBytes = 40, RowBytes = 8, ChecksumBytes = 8;

    private static ReadOnlySpan<byte> Magic => "wcsidcar"u8;

    /// <summary>The bytes of a sidecar.</summary>
    public static byte[] Write(ModelSidecar sidecar)
    {
        ArgumentNullException.ThrowIfNull(sidecar);
        byte[] bytes = new byte[LengthOf(sidecar.Files.Count, sidecar.Extents.Count, sidecar.Rows.Count)];
        Fields fields = Fields.To(bytes);
        fields.Put(Magic);
        fields.Put(Version);
        fields.Put((uint)sidecar.Files.Count);
        fields.Put((uint)sidecar.Extents.Count);
        fields.Put((uint)sidecar.Rows.Count);
        fields.Put((ulong)bytes.LongLength);
        foreach (SidecarFile f in sidecar.Files)
        {
            fields.Put((ulong)f.Identity.Length);
            fields.Put((ulong)f.Identity.ModifiedNanoseconds);
            fields.Put(f.Identity.Inode);
            fields.Put(f.Identity.Device);
            fields.Put((ulong)f.HeaderBytes);
            fields.Put(f.HeaderChecksum);
            fields.Put(f.Measure is null ? 0 : (ulong)f.MeasuredSeconds);
            fields.Put(BitConverter.DoubleToUInt64Bits(f.Measure?.DirectRate ?? 0));
            fields.Put(BitConverter.DoubleToUInt64Bits(f.Measure?.BufferedRate ?? 0));
        }

        foreach (SidecarExtent e in sidecar.Extents)
        {
            fields.Put((uint)e.FileIndex);
            fields.Put(e.Checksum is null ? 0u : 1u);
            fields.Put((ulong)e.Offset);
            fields.Put((ulong)e.ByteLength);
            fields.Put(e.Checksum ?? 0);
            fields.Put(e.Uses);
            fields.Put(e.FirstUse);
        }

        foreach (SidecarRow r in sidecar.Rows)
        {
            fields.Put((uint)r.Row);
            fields.Put(r.Checksum);
        }

        fields.Put(XxHash3.HashToUInt64(bytes.AsSpan(..^ChecksumBytes)));
        return bytes;
    }

    /// <summary>Reads a sidecar, believing nothing: counts, places and numbers are checked before they are used.</summary>
    /// <param name="bytes">All bytes of the file.</param>
    /// <param name="sidecar">What they say.</param>
    /// <param name="why">What is wrong with them, for people; empty where nothing is.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ModelSidecar? sidecar, out string why)
    {
        sidecar = null;
        if (bytes.Length < MinBytes || bytes.Length > MaxBytes || !bytes[..Magic.Length].SequenceEqual(Magic))
        {
            why = $"{bytes.Length} bytes are no sidecar";
            return false;
        }

        Fields fields = Fields.From(bytes[Magic.Length..]);
        uint version = fields.U32(), files = fields.U32(), extents = fields.U32(), rows = fields.U32();
        ulong length = fields.U64();
        ulong checksum = BinaryPrimitives.ReadUInt64LittleEndian(bytes[^ChecksumBytes..]);
        why = version != Version ? $"version {version}, expected {Version}"
            : files is 0 or > ModelSidecar.MaxFiles || extents > ModelSidecar.MaxExtents || rows > ModelSidecar.MaxRows ? $"{files} files, {extents} extents, {rows} rows"
            : length != (ulong)bytes.Length || bytes.Length != LengthOf((int)files, (int)extents, (int)rows) ? $"{bytes.Length} bytes, expected {length}, for {files} files, {extents} extents and {rows} rows"
            : checksum != XxHash3.HashToUInt64(bytes[..^ChecksumBytes]) ? $"its checksum is not {checksum:x16}"
            : "";
        return why.Length == 0 && TryReadBody(ref fields, (int)files, (int)extents, (int)rows, out sidecar, out why);
    }

    private static bool TryReadBody(ref Fields fields, int fileCount, int extentCount, int rowCount, [NotNullWhen(true)] out ModelSidecar? sidecar, out string why)
    {
        sidecar = null;
        SidecarFile[] files = new SidecarFile[fileCount];
        for (int i = 0; i < files.Length; i++)
        {
            StorageIdentity identity = new((long)fields.U64(), (long)fields.U64(), fields.U64(), fields.U64());
            long headerBytes = (long)fields.U64();
            ulong headerChecksum = fields.U64();
            long measured = (long)fields.U64();
            StorageMeasure measure = new(BitConverter.UInt64BitsToDouble(fields.U64()), BitConverter.UInt64BitsToDouble(fields.U64()));
            files[i] = new SidecarFile(identity, headerBytes, headerChecksum, measured == 0 ? null : measure, measured);
        }

        SidecarExtent[] extents = new SidecarExtent[extentCount];
        for (int i = 0; i < extents.Length; i++)
        {
            uint file = fields.U32(), flags = fields.U32();
            if (flags > 1)
            {
                why = $"extent {i} has flags {flags:x}";
                return false;
            }

            long offset = (long)fields.U64(), byteLength = (long)fields.U64();
            ulong checksum = fields.U64();
            extents[i] = new SidecarExtent((int)Math.Min(file, int.MaxValue), offset, byteLength, flags == 0 ? null : checksum, fields.U32(), fields.U32());
        }

        SidecarRow[] rows = new SidecarRow[rowCount];
        for (int i = 0; i < rows.Length; i++) rows[i] = new SidecarRow((int)fields.U32(), fields.U32());
        return ModelSidecar.TryCreate(files, extents, rows, out sidecar, out why);
    }

    private static long LengthOf(int files, int extents, int rows) =>
        HeaderBytes + (long)files * FileBytes + (long)extents * ExtentBytes + (long)rows * RowBytes + ChecksumBytes;

    private ref struct Fields
    {
        private readonly Span<byte> _destination;
        private readonly ReadOnlySpan<byte> _source;
        private int _position;

        private Fields(Span<byte> destination, ReadOnlySpan<byte> source)
        {
            _destination = destination;
            _source = source;
        }

        public static Fields To(Span<byte> destination) => new(destination, []);

        public static Fields From(ReadOnlySpan<byte> source) => new([], source);

        public void Put(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_destination[_position..]);
            _position += bytes.Length;
        }

        public void Put(uint value)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_destination[_position..], value);
            _position += sizeof(uint);
        }

        public void Put(ulong value)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(_destination[_position..], value);
            _position += sizeof(ulong);
        }

        public uint U32()
        {
            uint value = BinaryPrimitives.ReadUInt32LittleEndian(_source[_position..]);
            _position += sizeof(uint);
            return value;
        }

        public ulong U64()
        {
            ulong value = BinaryPrimitives.ReadUInt64LittleEndian(_source[_position..]);
            _position += sizeof(ulong);
            return value;
        }
    }
}
