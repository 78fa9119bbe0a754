using System.Runtime.InteropServices;
using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>How the input of a matrix product is encoded for weights of a type.</summary>
public static class Activations
{
    /// <summary>
    /// The type that activations take against weights of <paramref name="weights"/>: ggml's <c>vec_dot_type</c>
    /// (<c>ggml-cpu.c</c>). Types without a product of their own (F64, integers, Q8_1 and Q8_K as weights) use F32.
    /// </summary>
    public static GgmlType TypeFor(GgmlType weights) => weights switch
    {
        GgmlType.F16 => GgmlType.F16,
        GgmlType.BF16 => GgmlType.BF16,
        GgmlType.Q4_0 or GgmlType.Q5_0 or GgmlType.Q8_0 or GgmlType.IQ4_NL or GgmlType.MXFP4 or GgmlType.NVFP4
            or GgmlType.Q1_0 or GgmlType.Q2_0 => GgmlType.Q8_0,
        GgmlType.Q4_1 or GgmlType.Q5_1 => GgmlType.Q8_1,
        GgmlType.Q2_K or GgmlType.Q3_K or GgmlType.Q4_K or GgmlType.Q5_K or GgmlType.Q6_K or GgmlType.IQ1_S or GgmlType.IQ1_M
            or GgmlType.IQ2_XXS or GgmlType.IQ2_XS or GgmlType.IQ2_S or GgmlType.IQ3_XXS or GgmlType.IQ3_S or GgmlType.IQ4_XS
            or GgmlType.TQ1_0 or GgmlType.TQ2_0 => GgmlType.Q8_K,
        _ => GgmlType.F32,
    };

    /// <summary>Encodes activations.</summary>
    /// <param name="type">A type that <see cref="TypeFor"/> gives; F32 is copied.</param>
    /// <param name="values">(columns), or several such rows, whole blocks each.</param>
    /// <param name="destination">At least as many bytes as they take.</param>
    /// <exception cref="ArgumentException">The values are not whole blocks, or the destination is too short.</exception>
    /// <exception cref="NotSupportedException">The type cannot be written.</exception>
    public static void Encode(GgmlType type, ReadOnlySpan<float> values, Span<byte> destination)
    {
        if (type != GgmlType.F32)
        {
            Quantizer.FromFloat(type, values, destination);
            return;
        }

        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(values);
        if (destination.Length < bytes.Length)
            throw new ArgumentException(
                $"{values.Length} values of F32 take {bytes.Length} bytes; the destination has {destination.Length}",
                nameof(destination));
        bytes.CopyTo(destination);
    }
}
