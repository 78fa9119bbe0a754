using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>Rows of keys and values as a cache keeps them: F32, F16 or Q8_0.</summary>
public static class KvRows
{
    /// <summary>Whether a cache may keep rows in this type.</summary>
    public static bool IsSupported(GgmlType type) => type is GgmlType.F32 or GgmlType.F16 or GgmlType.Q8_0;

    /// <summary>Bytes of one row.</summary>
    /// <param name="type">F32, F16 or Q8_0.</param>
    /// <param name="headDim">Values of a row; for Q8_0 a multiple of 32.</param>
    /// <exception cref="ArgumentException">The type is another, or the row is not whole blocks.</exception>
    public static int RowBytes(GgmlType type, int headDim)
    {
        Check(type, headDim);
        return (int)GgmlTypeTraits.For(type).BytesFor(headDim);
    }

    /// <summary>Encodes whole rows: F16 rounded to the nearest, Q8_0 as ggml's reference does.</summary>
    /// <param name="type">F32, F16 or Q8_0.</param>
    /// <param name="values">(rows, headDim); for Q8_0 a multiple of 32 values.</param>
    /// <param name="destination">As many bytes as they take.</param>
    /// <exception cref="ArgumentException">The type is another, the values are not whole blocks, or the room is not theirs.</exception>
    public static void Encode(GgmlType type, ReadOnlySpan<float> values, Span<byte> destination)
    {
        Check(type, values.Length);
        long bytes = GgmlTypeTraits.For(type).BytesFor(values.Length);
        if (destination.Length != bytes)
            throw new ArgumentException($"{values.Length} values take {bytes} bytes in {type}, the room has {destination.Length}", nameof(destination));
        Activations.Encode(type, values, destination);
    }

    private static void Check(GgmlType type, int values)
    {
        if (!IsSupported(type)) throw new ArgumentException($"keys and values are kept in F32, F16 or Q8_0, not in {type}", nameof(type));
        int block = GgmlTypeTraits.For(type).BlockSize;
        if (values < 0 || values % block != 0)
            throw new ArgumentException($"{values} values are not whole {type} blocks of {block}", nameof(values));
    }
}
