using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using WasmChord.Gguf.Internal;

namespace WasmChord.Gguf;

/// <summary>
/// An array of metadata: its type, count and place in the file. The elements are read from the source each time they
/// are asked for, except arrays of up to 1 KiB, which are held. The source belongs to the <see cref="GgufFile"/> that
/// the array came from, and must not have been disposed.
/// </summary>
public sealed class GgufArray
{
    private readonly IGgufSource _source;
    private readonly ValueLayout _layout;
    private readonly byte[]? _resident;

    internal GgufArray(GgufValueType elementType, long count, IGgufSource source, ValueLayout elements, byte[]? resident)
    {
        ElementType = elementType;
        Count = count;
        _source = source;
        _layout = elements;
        _resident = resident;
    }

    /// <summary>The elements' type; never <see cref="GgufValueType.Array"/>.</summary>
    public GgufValueType ElementType { get; }

    /// <summary>Number of elements.</summary>
    public long Count { get; }

    /// <summary>Where the first element lies, in bytes from the start of the file.</summary>
    public long FileOffset => _layout.Offset;

    /// <summary>Bytes of the elements, strings' length prefixes included.</summary>
    public long ByteLength => _layout.ByteLength;

    /// <summary>True where the elements are held in memory, so that reading them completes at once.</summary>
    public bool IsResident => _resident is not null;

    /// <summary>
    /// Reads the numbers of an array. Integers convert to any type that holds them, floats only to float types.
    /// </summary>
    /// <exception cref="InvalidOperationException">The elements are strings or booleans, or floats asked for as integers.</exception>
    /// <exception cref="GgufFormatException">An element does not fit <typeparamref name="T"/>, or the array is too large.</exception>
    public async ValueTask<T[]> ReadAsync<T>(CancellationToken cancellationToken = default) where T : unmanaged, INumber<T>
    {
        bool floats = ElementType is GgufValueType.Float32 or GgufValueType.Float64;
        if (ElementType is GgufValueType.String or GgufValueType.Boolean)
            throw new InvalidOperationException($"the elements are {ElementType}, not numbers");
        if (floats && typeof(T) != typeof(float) && typeof(T) != typeof(double) && typeof(T) != typeof(Half))
            throw new InvalidOperationException($"the elements are {ElementType}, which {typeof(T).Name} does not hold");

        T[] result = new T[CheckedCount(Unsafe.SizeOf<T>())];
        int size = GgufFormat.SizeOf(ElementType);
        byte[] piece = ArrayPool<byte>.Shared.Rent((int)Math.Min(Math.Max(ByteLength, 1), 64 * 1024));
        using GgufCursor? cursor = OpenCursor(cancellationToken);
        try
        {
            int perPiece = piece.Length / size;
            for (int done = 0; done < result.Length;)
            {
                int count = Math.Min(perPiece, result.Length - done);
                Memory<byte> bytes = piece.AsMemory(0, count * size);
                if (cursor is null) _resident.AsMemory(done * size, bytes.Length).CopyTo(bytes);
                else await cursor.CopyToAsync(bytes).ConfigureAwait(false);
                ElementDecoder.Decode<T>(bytes.Span, ElementType, _layout.IsBigEndian, result.AsSpan(done, count));
                done += count;
            }
        }
        catch (OverflowException e)
        {
            throw new GgufFormatException(
                GgufError.ValueOutOfRange, $"{_source.Name}: an element of {ElementType} does not fit {typeof(T).Name}", FileOffset, e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
        return result;
    }

    /// <summary>Reads an array of booleans; any byte but 0 is true.</summary>
    /// <exception cref="InvalidOperationException">The elements are not booleans.</exception>
    public async ValueTask<bool[]> ReadBooleansAsync(CancellationToken cancellationToken = default)
    {
        if (ElementType != GgufValueType.Boolean) throw new InvalidOperationException($"the elements are {ElementType}, not booleans");
        bool[] result = new bool[CheckedCount(1)];
        byte[] bytes = await ReadRawAsync(cancellationToken).ConfigureAwait(false);
        for (int i = 0; i < result.Length; i++) result[i] = bytes[i] != 0;
        return result;
    }

    /// <summary>
    /// Reads an array of strings. Bytes that are not UTF-8 become U+FFFD: vocabularies may hold such strings, which
    /// <see cref="ReadByteStringsAsync"/> keeps.
    /// </summary>
    /// <exception cref="InvalidOperationException">The elements are not strings.</exception>
    public async ValueTask<string[]> ReadStringsAsync(CancellationToken cancellationToken = default)
    {
        CheckStrings();
        string[] result = new string[CheckedCount(IntPtr.Size)];
        if (_resident is not null)
        {
            ReadOnlyMemory<byte>[] strings = Slice(_resident);
            for (int i = 0; i < strings.Length; i++) result[i] = Encoding.UTF8.GetString(strings[i].Span);
            return result;
        }
        using GgufCursor cursor = OpenCursor(cancellationToken)!;
        for (int i = 0; i < result.Length; i++)
        {
            await cursor.PrefetchAsync(_layout.LengthBytes).ConfigureAwait(false);
            long length = cursor.ReadStringLength("an array's string");
            await cursor.PrefetchAsync(length).ConfigureAwait(false);
            result[i] = cursor.ReadText((int)length, Encoding.UTF8);
        }
        return result;
    }

    /// <summary>Reads an array of strings as the bytes that the file has. All are slices of one array.</summary>
    /// <exception cref="InvalidOperationException">The elements are not strings.</exception>
    public async ValueTask<ReadOnlyMemory<byte>[]> ReadByteStringsAsync(CancellationToken cancellationToken = default)
    {
        CheckStrings();
        return Slice(await ReadRawAsync(cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Type, count and place, for people.</summary>
    public override string ToString() => $"{ElementType}[{Count}] at {FileOffset}, {ByteLength} bytes";

    private async ValueTask<byte[]> ReadRawAsync(CancellationToken cancellationToken)
    {
        if (_resident is not null) return _resident;
        if (ByteLength > Array.MaxLength) throw TooLarge(ByteLength);
        byte[] bytes = new byte[ByteLength];
        using GgufCursor cursor = OpenCursor(cancellationToken)!;
        await cursor.CopyToAsync(bytes).ConfigureAwait(false);
        return bytes;
    }

    private ReadOnlyMemory<byte>[] Slice(byte[] raw)
    {
        ReadOnlyMemory<byte>[] result = new ReadOnlyMemory<byte>[CheckedCount(Unsafe.SizeOf<ReadOnlyMemory<byte>>())];
        int at = 0;
        for (int i = 0; i < result.Length; i++)
        {
            // The walk at open fitted the strings into these bytes; a file that has changed since may not.
            ulong length = raw.Length - at < _layout.LengthBytes
                ? ulong.MaxValue
                : ElementDecoder.Length(raw.AsSpan(at, _layout.LengthBytes), _layout.IsBigEndian);
            at += _layout.LengthBytes;
            if (length > (ulong)Math.Max(raw.Length - at, 0) || at > raw.Length)
                throw new GgufFormatException(GgufError.LengthExceedsFile, $"{_source.Name}: the strings have changed since the file was opened", FileOffset);
            result[i] = raw.AsMemory(at, (int)length);
            at += (int)length;
        }
        return result;
    }

    private GgufCursor? OpenCursor(CancellationToken cancellationToken) =>
        _resident is not null ? null : _layout.OpenCursor(_source, FileOffset, ByteLength, cancellationToken);

    private int CheckedCount(int elementBytes) =>
        Count <= Array.MaxLength / elementBytes || Count == 0 ? (int)Count : throw TooLarge(Count * elementBytes);

    private GgufFormatException TooLarge(long bytes) =>
        new(GgufError.ValueTooLarge, $"{_source.Name}: {Count} elements in {bytes} bytes do not fit one managed array", FileOffset);

    private void CheckStrings()
    {
        if (ElementType != GgufValueType.String) throw new InvalidOperationException($"the elements are {ElementType}, not strings");
    }
}
