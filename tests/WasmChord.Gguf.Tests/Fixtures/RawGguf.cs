using System.Buffers.Binary;
using System.Text;

namespace WasmChord.Gguf.Tests;

/// <summary>
/// Builds GGUF files byte by byte, for every version and byte order, right or wrong. It shares no code with the reader
/// or the writer, so that a mistake of theirs does not agree with a mistake here.
/// </summary>
internal sealed class RawGguf(int version = 3, bool bigEndian = false)
{
    private readonly MemoryStream _bytes = new();

    public int Version => version;

    public long Position => _bytes.Length;

    public RawGguf Raw(params byte[] bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public RawGguf U8(int value) => Raw((byte)value);

    public RawGguf U16(int value)
    {
        byte[] b = new byte[2];
        if (bigEndian) BinaryPrimitives.WriteUInt16BigEndian(b, (ushort)value);
        else BinaryPrimitives.WriteUInt16LittleEndian(b, (ushort)value);
        return Raw(b);
    }

    public RawGguf U32(long value)
    {
        byte[] b = new byte[4];
        if (bigEndian) BinaryPrimitives.WriteUInt32BigEndian(b, (uint)value);
        else BinaryPrimitives.WriteUInt32LittleEndian(b, (uint)value);
        return Raw(b);
    }

    public RawGguf U64(ulong value)
    {
        byte[] b = new byte[8];
        if (bigEndian) BinaryPrimitives.WriteUInt64BigEndian(b, value);
        else BinaryPrimitives.WriteUInt64LittleEndian(b, value);
        return Raw(b);
    }

    public RawGguf F32(float value) => U32(BitConverter.SingleToUInt32Bits(value));

    public RawGguf F64(double value) => U64(BitConverter.DoubleToUInt64Bits(value));

    /// <summary>A count or length: 32 bits in version 1, 64 since.</summary>
    public RawGguf Len(ulong value) => version == 1 ? U32((long)value) : U64(value);

    public RawGguf Str(string text) => Str(Encoding.UTF8.GetBytes(text));

    public RawGguf Str(byte[] text) => Len((ulong)text.Length).Raw(text);

    public RawGguf Header(ulong tensors, ulong keys) => Raw("GGUF"u8.ToArray()).U32(version).Len(tensors).Len(keys);

    /// <summary>Key and type number of a pair; the value follows.</summary>
    public RawGguf Key(string key, int type) => Str(key).U32(type);

    public RawGguf StringPair(string key, string value) => Key(key, 8).Str(value);

    public RawGguf U32Pair(string key, uint value) => Key(key, 4).U32(value);

    public RawGguf ArrayHead(string key, int elementType, ulong count) => Key(key, 9).U32(elementType).Len(count);

    public RawGguf Tensor(string name, int type, ulong offset, params ulong[] extents)
    {
        Str(name).U32(extents.Length);
        foreach (ulong extent in extents) Len(extent);
        return U32(type).U64(offset);
    }

    public RawGguf PadTo(int alignment)
    {
        while (_bytes.Length % alignment != 0) _bytes.WriteByte(0);
        return this;
    }

    public RawGguf Zeros(int count) => Raw(new byte[count]);

    public byte[] ToArray() => _bytes.ToArray();

    public ValueTask<GgufFile> OpenAsync() => OpenAsync(ToArray());

    public static ValueTask<GgufFile> OpenAsync(byte[] bytes) =>
        GgufFile.OpenAsync(new StreamGgufSource(new MemoryStream(bytes, writable: false), "test.gguf"));
}
