using System.Text;

namespace WasmChord.Gguf.Internal;

/// <summary>Reads the metadata section: keys and small values, and where the large ones lie.</summary>
internal sealed class MetadataReader(GgufCursor cursor, IGgufSource source, HeaderBudget budget)
{
    public static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    public async ValueTask<GgufMetadata> ReadAsync(ulong count)
    {
        // Key length, one byte of key, type, one byte of value: no pair is smaller.
        int leastBytes = cursor.LengthBytes + 1 + 4 + 1;
        if (count > (ulong)(cursor.Remaining / leastBytes))
        {
            throw cursor.Error(
                GgufError.CountExceedsFile,
                $"{count} metadata keys cannot fit the {cursor.Remaining} bytes left", cursor.Position);
        }
        GgufMetadata metadata = new();
        for (ulong i = 0; i < count; i++)
        {
            long at = cursor.Position;
            GgufMetadataEntry entry = await ReadEntryAsync(i).ConfigureAwait(false);
            if (metadata.ContainsKey(entry.Key))
                throw cursor.Error(GgufError.DuplicateKey, $"the metadata key '{entry.Key}' occurs twice", at);
            metadata.Add(entry);
        }
        return metadata;
    }

    private async ValueTask<GgufMetadataEntry> ReadEntryAsync(ulong index)
    {
        string key = await ReadKeyAsync(index).ConfigureAwait(false);
        // The largest of what can follow at once: a type, an element type and a count.
        await cursor.PrefetchAsync(4 + 4 + 8).ConfigureAwait(false);
        GgufValueType type = ReadType(key);
        long start = cursor.Position;
        if (type == GgufValueType.Array)
        {
            GgufArray array = await ReadArrayAsync(key).ConfigureAwait(false);
            return new GgufMetadataEntry(key, type, 0, array, source, LayoutFrom(start));
        }
        if (type == GgufValueType.String)
        {
            string? text = await ReadStringAsync(key).ConfigureAwait(false);
            return new GgufMetadataEntry(key, type, 0, text, source, LayoutFrom(start));
        }
        ulong bits = cursor.ReadUnsigned(GgufFormat.SizeOf(type));
        return new GgufMetadataEntry(key, type, bits, null, source, LayoutFrom(start));
    }

    private async ValueTask<string> ReadKeyAsync(ulong index)
    {
        await cursor.PrefetchAsync(cursor.LengthBytes).ConfigureAwait(false);
        long at = cursor.Position;
        long length = cursor.ReadStringLength("a metadata key");
        if (length == 0) throw cursor.Error(GgufError.EmptyKey, $"metadata key {index} is empty", at);
        if (length > GgufFormat.MaxKeyBytes)
        {
            throw cursor.Error(
                GgufError.KeyTooLong, $"metadata key {index} is {length} bytes long; the limit is {GgufFormat.MaxKeyBytes}", at);
        }
        budget.Charge(cursor, length);
        await cursor.PrefetchAsync(length).ConfigureAwait(false);
        try
        {
            return cursor.ReadText((int)length, StrictUtf8);
        }
        catch (DecoderFallbackException e)
        {
            throw new GgufFormatException(
                GgufError.InvalidUtf8, $"{cursor.Name}: metadata key {index} is not UTF-8 (at byte {at})", at, e);
        }
    }

    private GgufValueType ReadType(string key)
    {
        long at = cursor.Position;
        uint number = cursor.ReadUInt32();
        GgufValueType type = (GgufValueType)number;
        return GgufFormat.SizeOf(type) >= 0
            ? type
            : throw cursor.Error(GgufError.UnknownValueType, $"'{key}' has the unknown value type {number}", at);
    }

    private async ValueTask<string?> ReadStringAsync(string key)
    {
        long length = cursor.ReadStringLength($"the value of '{key}'");
        if (length > GgufFormat.ResidentStringBytes)
        {
            cursor.Skip(length);
            return null;
        }
        budget.Charge(cursor, length);
        await cursor.PrefetchAsync(length).ConfigureAwait(false);
        return cursor.ReadText((int)length, Encoding.UTF8);
    }

    private async ValueTask<GgufArray> ReadArrayAsync(string key)
    {
        long at = cursor.Position;
        GgufValueType elementType = ReadType(key);
        if (elementType == GgufValueType.Array)
            throw cursor.Error(GgufError.NestedArray, $"'{key}' is an array of arrays, which is not supported", at);
        ulong count = cursor.ReadLength();
        int leastBytes = elementType == GgufValueType.String ? cursor.LengthBytes : GgufFormat.SizeOf(elementType);
        if (count > (ulong)(cursor.Remaining / leastBytes))
        {
            throw cursor.Error(
                GgufError.CountExceedsFile,
                $"'{key}' has {count} elements of {elementType}, which cannot fit the {cursor.Remaining} bytes left", at);
        }

        long start = cursor.Position, bytes = (long)count * leastBytes;
        byte[]? resident = null;
        if (elementType == GgufValueType.String)
        {
            await cursor.SkipStringsAsync((long)count, $"a string of '{key}'").ConfigureAwait(false);
        }
        else if (bytes <= GgufFormat.ResidentArrayBytes)
        {
            budget.Charge(cursor, bytes);
            resident = new byte[bytes];
            await cursor.CopyToAsync(resident).ConfigureAwait(false);
        }
        else
        {
            cursor.Skip(bytes);
        }
        return new GgufArray(elementType, (long)count, source, LayoutFrom(start), resident);
    }

    private ValueLayout LayoutFrom(long start) =>
        new(start, cursor.Position - start, cursor.LengthBytes, cursor.IsBigEndian);
}
