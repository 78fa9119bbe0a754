using System.Runtime.CompilerServices;
using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>
/// Expands tensor data to floating point. The results are those of ggml's <c>to_float</c> functions, bit for bit, on
/// every machine: the same operations in the same order, none of them fused. Allocates nothing, keeps no state, and
/// may be called from any number of threads.
/// </summary>
public static unsafe class Dequantizer
{
    // Values that ToHalf expands at a time, on the stack: a multiple of every block size.
    private const int TileValues = 1024;

    /// <summary>Expands whole blocks to float.</summary>
    /// <param name="type">Type of the source; 64-bit numbers are rounded to the nearest float.</param>
    /// <param name="source">The blocks: as many bytes as the values of the destination take in the type.</param>
    /// <param name="destination">Receives (values): its length says how many, a whole number of blocks.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is unknown.</exception>
    /// <exception cref="ArgumentException">The lengths do not match, or are not whole blocks.</exception>
    public static void ToFloat(GgmlType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        RequireMatch(type, source.Length, destination.Length);
        fixed (byte* from = source)
        fixed (float* to = destination)
            ToFloat(type, from, to, destination.Length);
    }

    /// <summary>Expands whole blocks to float, in memory that the caller answers for.</summary>
    /// <param name="type">Type of the source.</param>
    /// <param name="source">The blocks; any alignment.</param>
    /// <param name="destination">Receives <paramref name="count"/> values; does not overlap the source.</param>
    /// <param name="count">Values, a whole number of blocks.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is unknown.</exception>
    /// <exception cref="ArgumentNullException">A pointer is null and the count is not zero.</exception>
    /// <exception cref="ArgumentException">The count is negative or not a whole number of blocks.</exception>
    public static void ToFloat(GgmlType type, byte* source, float* destination, long count)
    {
        long blocks = BlockCount(type, source, destination, count);
        DequantizeDispatch.Run(KernelPaths.Best, type, source, destination, blocks);
    }

    /// <summary>
    /// Expands whole blocks to half precision: to float, then rounded to the nearest, ties to even. F16 is copied, NaN
    /// payloads included.
    /// </summary>
    /// <param name="type">Type of the source.</param>
    /// <param name="source">The blocks: as many bytes as the values of the destination take in the type.</param>
    /// <param name="destination">Receives (values): its length says how many, a whole number of blocks.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is unknown.</exception>
    /// <exception cref="ArgumentException">The lengths do not match, or are not whole blocks.</exception>
    public static void ToHalf(GgmlType type, ReadOnlySpan<byte> source, Span<Half> destination)
    {
        RequireMatch(type, source.Length, destination.Length);
        fixed (byte* from = source)
        fixed (Half* to = destination)
            ToHalf(type, from, to, destination.Length);
    }

    /// <summary>Expands whole blocks to half precision, in memory that the caller answers for.</summary>
    /// <param name="type">Type of the source.</param>
    /// <param name="source">The blocks; any alignment.</param>
    /// <param name="destination">Receives <paramref name="count"/> values; does not overlap the source.</param>
    /// <param name="count">Values, a whole number of blocks.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is unknown.</exception>
    /// <exception cref="ArgumentNullException">A pointer is null and the count is not zero.</exception>
    /// <exception cref="ArgumentException">The count is negative or not a whole number of blocks.</exception>
    [SkipLocalsInit]
    public static void ToHalf(GgmlType type, byte* source, Half* destination, long count)
    {
        long blocks = BlockCount(type, source, destination, count);
        if (type == GgmlType.F16)
        {
            Buffer.MemoryCopy(source, destination, count * sizeof(Half), count * sizeof(Half));
            return;
        }

        float* tile = stackalloc float[TileValues];
        long bytesPerBlock = GgmlTypeTraits.For(type).TypeSize, valuesPerBlock = GgmlTypeTraits.For(type).BlockSize;
        for (long blocksPerTile = TileValues / valuesPerBlock; blocks > 0; blocks -= blocksPerTile)
        {
            long now = Math.Min(blocks, blocksPerTile), values = now * valuesPerBlock;
            DequantizeDispatch.Run(KernelPaths.Best, type, source, tile, now);
            HalfRounding.Run(KernelPaths.Best, tile, (ushort*)destination, values);
            source += now * bytesPerBlock;
            destination += values;
        }
    }

    private static long BlockCount(GgmlType type, void* source, void* destination, long count)
    {
        GgmlTypeTraits traits = GgmlTypeTraits.For(type);
        traits.BytesFor(count); // refuses counts that are not whole blocks
        if (count > 0)
        {
            ArgumentNullException.ThrowIfNull(source);
            ArgumentNullException.ThrowIfNull(destination);
        }

        return count / traits.BlockSize;
    }

    private static void RequireMatch(GgmlType type, int sourceBytes, int values)
    {
        long expected = GgmlTypeTraits.For(type).BytesFor(values);
        if (sourceBytes != expected)
            throw new ArgumentException(
                $"{values} values of {type} take {expected} bytes, the source has {sourceBytes}", "source");
    }
}
