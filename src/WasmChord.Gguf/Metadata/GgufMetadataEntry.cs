using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using WasmChord.Gguf.Internal;

namespace WasmChord.Gguf;

/// <summary>
/// One metadata key and its value. Numbers, booleans and strings up to 64 KiB are held; arrays are handles
/// (<see cref="GgufArray"/>), and longer strings are read from the file by <see cref="ReadStringAsync"/>.
/// </summary>
public sealed class GgufMetadataEntry
{
    private readonly ulong _bits;
    private readonly object? _reference;
    private readonly IGgufSource _source;

    internal GgufMetadataEntry(
        string key, GgufValueType type, ulong bits, object? reference, IGgufSource source, ValueLayout layout)
    {
        Key = key;
        Type = type;
        _bits = bits;
        _reference = reference;
        _source = source;
        Layout = layout;
    }

    /// <summary>The key.</summary>
    public string Key { get; }

    /// <summary>The value's type.</summary>
    public GgufValueType Type { get; }

    /// <summary>Where the value starts in its file, after its type number; for an array, at its element type.</summary>
    public long ValueOffset => Layout.Offset;

    /// <summary>Bytes of the value in its file; a string's length prefix, an array's element type and count included.</summary>
    public long ValueByteLength => Layout.ByteLength;

    internal ValueLayout Layout { get; }

    internal IGgufSource Source => _source;

    /// <summary>
    /// The value in its own type: a boxed number or <see cref="bool"/>, a <see cref="string"/>, or a <see cref="GgufArray"/>.
    /// Null for a string above 64 KiB, which <see cref="ReadStringAsync"/> reads.
    /// </summary>
    public object? Value => Type switch
    {
        GgufValueType.UInt8 => (byte)_bits,
        GgufValueType.Int8 => (sbyte)_bits,
        GgufValueType.UInt16 => (ushort)_bits,
        GgufValueType.Int16 => (short)_bits,
        GgufValueType.UInt32 => (uint)_bits,
        GgufValueType.Int32 => (int)_bits,
        GgufValueType.Float32 => BitConverter.UInt32BitsToSingle((uint)_bits),
        GgufValueType.Boolean => _bits != 0,
        GgufValueType.UInt64 => _bits,
        GgufValueType.Int64 => (long)_bits,
        GgufValueType.Float64 => BitConverter.UInt64BitsToDouble(_bits),
        _ => _reference,
    };

    /// <summary>Any integer type, where the value fits.</summary>
    public bool TryGetInt64(out long value)
    {
        value = SignedBits();
        return IsSigned || (IsUnsigned && _bits <= long.MaxValue);
    }

    /// <summary>Any integer type, where the value is not negative.</summary>
    public bool TryGetUInt64(out ulong value)
    {
        value = _bits;
        return IsUnsigned || (IsSigned && SignedBits() >= 0);
    }

    /// <summary>Either float type, or an integer that a double represents exactly.</summary>
    public bool TryGetDouble(out double value)
    {
        const long exact = 1L << 53;
        value = 0;
        if (Type == GgufValueType.Float32) value = BitConverter.UInt32BitsToSingle((uint)_bits);
        else if (Type == GgufValueType.Float64) value = BitConverter.UInt64BitsToDouble(_bits);
        else if (TryGetInt64(out long integer) && integer is >= -exact and <= exact) value = integer;
        else return false;
        return true;
    }

    /// <summary>A boolean; any byte but 0 is true, as in ggml.</summary>
    public bool TryGetBoolean(out bool value)
    {
        value = Type == GgufValueType.Boolean && _bits != 0;
        return Type == GgufValueType.Boolean;
    }

    /// <summary>
    /// A string of up to 64 KiB; longer ones take <see cref="ReadStringAsync"/>. Bytes that are not UTF-8 become U+FFFD;
    /// <see cref="ReadByteStringAsync"/> keeps them.
    /// </summary>
    public bool TryGetString([NotNullWhen(true)] out string? value)
    {
        value = _reference as string;
        return value is not null;
    }

    /// <summary>An array.</summary>
    public bool TryGetArray([NotNullWhen(true)] out GgufArray? value)
    {
        value = _reference as GgufArray;
        return value is not null;
    }

    /// <summary>A string of any length.</summary>
    /// <exception cref="InvalidOperationException">The value is not a string.</exception>
    public async ValueTask<string> ReadStringAsync(CancellationToken cancellationToken = default) =>
        _reference as string ?? Encoding.UTF8.GetString(await ReadByteStringAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>The bytes of a string, as the file has them. Read from the source.</summary>
    /// <exception cref="InvalidOperationException">The value is not a string.</exception>
    public async ValueTask<byte[]> ReadByteStringAsync(CancellationToken cancellationToken = default)
    {
        if (Type != GgufValueType.String) throw new InvalidOperationException($"'{Key}' is {Type}, not a string");
        long length = ValueByteLength - Layout.LengthBytes;
        if (length > Array.MaxLength)
            throw new GgufFormatException(GgufError.ValueTooLarge, $"{_source.Name}: '{Key}' takes {length} bytes", ValueOffset);
        byte[] bytes = new byte[length];
        using GgufCursor cursor = Layout.OpenCursor(_source, ValueOffset + Layout.LengthBytes, length, cancellationToken);
        await cursor.CopyToAsync(bytes).ConfigureAwait(false);
        return bytes;
    }

    /// <summary>Key and value for people.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Key} = {Value ?? "(long string)"}");

    private bool IsSigned => Type is GgufValueType.Int8 or GgufValueType.Int16 or GgufValueType.Int32 or GgufValueType.Int64;

    private bool IsUnsigned => Type is GgufValueType.UInt8 or GgufValueType.UInt16 or GgufValueType.UInt32 or GgufValueType.UInt64;

    private long SignedBits() => Type switch
    {
        GgufValueType.Int8 => (sbyte)_bits,
        GgufValueType.Int16 => (short)_bits,
        GgufValueType.Int32 => (int)_bits,
        _ => (long)_bits,
    };
}
