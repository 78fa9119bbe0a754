using System.Buffers.Binary;
using System.Numerics;

namespace WasmChord.Gguf.Internal;

/// <summary>What the header of one file says, all of it checked.</summary>
internal sealed record GgufHeader(
    int Version,
    bool IsBigEndian,
    int Alignment,
    GgufMetadata Metadata,
    IReadOnlyList<TensorInfo> Tensors,
    long TensorDataOffset,
    bool HasTensorData,
    long HeaderBytes,
    long BytesRead)
{
    public static async ValueTask<GgufHeader> ReadAsync(IGgufSource source, CancellationToken cancellationToken)
    {
        using GgufCursor cursor = new(source, 0, source.Length, cancellationToken);
        int version = await ReadVersionAsync(cursor).ConfigureAwait(false);
        ulong tensorCount = cursor.ReadLength();
        ulong keyCount = cursor.ReadLength();
        if (version == 1 && keyCount == 0)
        {
            // Every version 1 file names its architecture, so it has keys; a zero here is the upper half of the
            // 64-bit tensor count that later versions have.
            throw cursor.Error(
                GgufError.MislabelledVersion,
                $"the version is 1, whose counts take 32 bits, but tensor count {tensorCount} is followed by a zero key count: " +
                "a 64-bit count as in versions 2 and 3", 8);
        }
        TensorInfoReader.CheckCount(cursor, tensorCount);

        HeaderBudget budget = new();
        GgufMetadata metadata = await new MetadataReader(cursor, source, budget).ReadAsync(keyCount).ConfigureAwait(false);
        int alignment = ReadAlignment(cursor, metadata);
        List<TensorInfo> tensors = await new TensorInfoReader(cursor, alignment, budget).ReadAsync(tensorCount).ConfigureAwait(false);

        long headerBytes = cursor.Position;
        long? dataOffset = GgufFormat.Align(headerBytes, alignment);
        bool complete = dataOffset <= source.Length;
        if (!complete && tensors.Count > 0)
        {
            throw cursor.Error(
                GgufError.Truncated,
                $"the tensor data should start at {dataOffset}, the header's end rounded up to {alignment}, " +
                $"but the file has {source.Length} bytes", headerBytes);
        }
        // A file without tensors needs no padding after its header.
        long start = complete ? dataOffset!.Value : headerBytes;
        bool hasData = TensorPlacement.Place(cursor, tensors, start, alignment);
        return new GgufHeader(
            version, cursor.IsBigEndian, alignment, metadata, tensors, start, hasData, headerBytes, cursor.BytesRead);
    }

    private static async ValueTask<int> ReadVersionAsync(GgufCursor cursor)
    {
        if (cursor.Remaining == 0) throw cursor.Error(GgufError.Truncated, "the file is empty", 0);
        await cursor.PrefetchAsync(4 + 4 + 8 + 8).ConfigureAwait(false);
        byte[] magic = new byte[Math.Min(4, cursor.Remaining)];
        await cursor.CopyToAsync(magic).ConfigureAwait(false);
        if (!magic.AsSpan().SequenceEqual(GgufFormat.Magic)) throw BadMagic(cursor, magic);

        uint version = cursor.ReadUInt32();
        uint swapped = BinaryPrimitives.ReverseEndianness(version);
        cursor.IsBigEndian = swapped is >= 1 and <= GgufFormat.LatestVersion;
        if (cursor.IsBigEndian) version = swapped;
        if (version is < 1 or > GgufFormat.LatestVersion)
        {
            throw cursor.Error(
                GgufError.UnsupportedVersion,
                $"version {version} is not supported; 1 to {GgufFormat.LatestVersion} are, in either byte order", 4);
        }
        cursor.LengthBytes = version == 1 ? 4 : 8;
        return (int)version;
    }

    private static GgufFormatException BadMagic(GgufCursor cursor, byte[] magic)
    {
        if (magic.Length < 4 && GgufFormat.Magic.StartsWith(magic))
            return cursor.Error(GgufError.Truncated, $"the file ends after {magic.Length} bytes", 0);
        string found = Convert.ToHexString(magic);
        string hint = magic.AsSpan().SequenceEqual("FUGG"u8)
            ? "; the magic is reversed, which GGUF never is: a big-endian file too begins with GGUF"
            : "";
        return cursor.Error(GgufError.BadMagic, $"the file begins with {found}, not 47475546 (GGUF){hint}", 0);
    }

    private static int ReadAlignment(GgufCursor cursor, GgufMetadata metadata)
    {
        if (!metadata.TryGetEntry(GgufFormat.AlignmentKey, out GgufMetadataEntry? entry)) return GgufFormat.DefaultAlignment;
        // ggml takes any power of two; the specification's "multiple of 8" is not enforced anywhere.
        if (entry.Type == GgufValueType.UInt32 && entry.TryGetInt64(out long value) && value <= 1 << 30 && BitOperations.IsPow2(value))
            return (int)value;
        throw cursor.Error(
            GgufError.InvalidAlignment,
            $"{GgufFormat.AlignmentKey} is {entry.Type} {entry.Value}, not a 32-bit unsigned power of two up to {1 << 30}", entry.ValueOffset);
    }
}
