using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace WasmChord.Gguf.Internal;

/// <summary>Turns the bytes of array elements into numbers of the type asked for.</summary>
internal static class ElementDecoder
{
    /// <summary>A length of 4 or 8 bytes.</summary>
    public static ulong Length(ReadOnlySpan<byte> bytes, bool bigEndian) => (bytes.Length, bigEndian) switch
    {
        (4, false) => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        (4, true) => BinaryPrimitives.ReadUInt32BigEndian(bytes),
        (_, false) => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        (_, true) => BinaryPrimitives.ReadUInt64BigEndian(bytes),
    };

    /// <summary>Reverses the bytes of every element in place.</summary>
    public static void SwapElements(Span<byte> bytes, int size)
    {
        if (size == 1) return;
        for (int i = 0; i < bytes.Length; i += size) bytes.Slice(i, size).Reverse();
    }

    /// <summary>Decodes whole elements; may reorder <paramref name="bytes"/> in place.</summary>
    /// <exception cref="OverflowException">An element does not fit.</exception>
    public static void Decode<T>(Span<byte> bytes, GgufValueType type, bool bigEndian, Span<T> result) where T : unmanaged, INumber<T>
    {
        if (bigEndian == BitConverter.IsLittleEndian) SwapElements(bytes, GgufFormat.SizeOf(type));
        switch (type)
        {
            case GgufValueType.UInt8: Convert<byte, T>(bytes, result); break;
            case GgufValueType.Int8: Convert<sbyte, T>(bytes, result); break;
            case GgufValueType.UInt16: Convert<ushort, T>(bytes, result); break;
            case GgufValueType.Int16: Convert<short, T>(bytes, result); break;
            case GgufValueType.UInt32: Convert<uint, T>(bytes, result); break;
            case GgufValueType.Int32: Convert<int, T>(bytes, result); break;
            case GgufValueType.Float32: Convert<float, T>(bytes, result); break;
            case GgufValueType.UInt64: Convert<ulong, T>(bytes, result); break;
            case GgufValueType.Int64: Convert<long, T>(bytes, result); break;
            case GgufValueType.Float64: Convert<double, T>(bytes, result); break;
            default: throw new ArgumentOutOfRangeException(nameof(type), type, "not a numeric type");
        }
    }

    private static void Convert<TFrom, TTo>(Span<byte> bytes, Span<TTo> result)
        where TFrom : unmanaged, INumber<TFrom>
        where TTo : unmanaged, INumber<TTo>
    {
        if (typeof(TFrom) == typeof(TTo))
        {
            bytes.CopyTo(MemoryMarshal.AsBytes(result));
            return;
        }
        ReadOnlySpan<TFrom> values = MemoryMarshal.Cast<byte, TFrom>(bytes);
        for (int i = 0; i < result.Length; i++) result[i] = TTo.CreateChecked(values[i]);
    }
}
