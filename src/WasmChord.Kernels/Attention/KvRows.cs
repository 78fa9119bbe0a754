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
    public static int RowBytes(GgmlType type, int headDim) => IsSupported(type)
        ? (int)GgmlTypeTraits.For(type).BytesFor(headDim)
        : throw new ArgumentException($"keys and values are kept in F32, F16 or Q8_0, not in {type}", nameof(type));

    /// <summary>Encodes whole rows.</summary>
    /// <param name="type">F32, F16 or Q8_0.</param>
    /// <param name="values">(rows, headDim).</param>
    /// <param name="destination">As many bytes as they take.</param>
    public static void Encode(GgmlType type, ReadOnlySpan<float> values, Span<byte> destination) =>
        Activations.Encode(type, values, destination);
}
