using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>
/// Turns rows of float32 into the block formats of GGUF files.
/// </summary>
/// <remarks>
/// <para>The block layouts, and for every block type the search for scales and the rounding, are those of ggml's
/// reference quantizers without an importance matrix (<c>quantize_row_*_ref</c> in <c>ggml-quants.c</c>): for finite
/// input the bytes are the same, on every processor and whichever vector path runs.</para>
/// <para>Input that ggml leaves undefined is defined here. A block that holds a NaN or an infinity is stored with NaN
/// as its scale and zeros for the rest, so that all of it dequantizes to NaN: damage stays loud. Where the reciprocal
/// of a scale overflows (values below about 1e-37), the values are stored as zero. Finite values whose scale exceeds
/// 65,504 store an infinite scale, as ggml does. <see cref="GgmlType.F16"/> and <see cref="GgmlType.BF16"/> keep
/// infinities, and NaN as a quiet NaN of the same sign.</para>
/// <para>Nothing is allocated, and any number of threads may quantize different rows at once.</para>
/// </remarks>
public static class Quantizer
{
    /// <summary>
    /// True for the types that <see cref="FromFloat(GgmlType, ReadOnlySpan{float}, Span{byte})"/> writes.
    /// </summary>
    public static bool CanQuantize(GgmlType type) => type is GgmlType.F16 or GgmlType.BF16
        or GgmlType.Q4_0 or GgmlType.Q4_1 or GgmlType.Q5_0 or GgmlType.Q5_1 or GgmlType.Q8_0 or GgmlType.Q8_1
        or GgmlType.Q2_K or GgmlType.Q3_K or GgmlType.Q4_K or GgmlType.Q5_K or GgmlType.Q6_K or GgmlType.Q8_K;

    /// <summary>Quantizes <paramref name="source"/> into the start of <paramref name="destination"/>.</summary>
    /// <param name="type">The type to write.</param>
    /// <param name="source">Values: a whole number of blocks of the type.</param>
    /// <param name="destination">At least <see cref="GgmlTypeTraits.BytesFor"/> bytes; any more are left alone. Must
    /// not overlap the source.</param>
    /// <exception cref="NotSupportedException">The type is known, but nothing here writes it.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The type is not one that ggml defines.</exception>
    /// <exception cref="ArgumentException">The values are not whole blocks, or the destination is too
    /// short.</exception>
    public static unsafe void FromFloat(GgmlType type, ReadOnlySpan<float> source, Span<byte> destination)
    {
        long needed = BytesFor(type, source.Length);
        if (destination.Length < needed)
        {
            throw new ArgumentException(
                $"{source.Length} values of {type} take {needed} bytes; the destination has {destination.Length}",
                nameof(destination));
        }

        fixed (float* from = source)
        fixed (byte* to = destination)
            QuantizeDispatch.Run(KernelPaths.Best, type, from, to, source.Length);
    }

    /// <summary>
    /// Quantizes <paramref name="count"/> values at <paramref name="source"/> into the
    /// <see cref="GgmlTypeTraits.BytesFor"/> bytes at <paramref name="destination"/>. The caller vouches for both
    /// ranges, which must not overlap; neither needs more than its natural alignment.
    /// </summary>
    /// <param name="type">The type to write.</param>
    /// <param name="source">The first value.</param>
    /// <param name="destination">Where the first block goes.</param>
    /// <param name="count">Values: a whole number of blocks of the type.</param>
    /// <exception cref="NotSupportedException">The type is known, but nothing here writes it.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The type is not one that ggml defines.</exception>
    /// <exception cref="ArgumentException">The count is negative or not whole blocks.</exception>
    /// <exception cref="ArgumentNullException">A pointer is null although there are values.</exception>
    public static unsafe void FromFloat(GgmlType type, float* source, byte* destination, long count)
    {
        BytesFor(type, count);
        if (count == 0) return;
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        QuantizeDispatch.Run(KernelPaths.Best, type, source, destination, count);
    }

    private static long BytesFor(GgmlType type, long count)
    {
        GgmlTypeTraits traits = GgmlTypeTraits.For(type);
        if (!CanQuantize(type)) throw new NotSupportedException($"{traits.Name} can be read but not written");
        return traits.BytesFor(count);
    }
}
