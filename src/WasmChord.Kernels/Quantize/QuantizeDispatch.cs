using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>Chooses the quantizer of a type and path.</summary>
internal static unsafe class QuantizeDispatch
{
    /// <summary>
    /// Quantizes <paramref name="count"/> values, whole blocks. The machine must have the path. Paths without a twin of
    /// their own take the next narrower one: the searches for scales have an eight-lane twin, from AVX2 on, and a
    /// scalar.
    /// </summary>
    internal static void Run(KernelPath path, GgmlType type, float* source, byte* destination, long count)
    {
        bool lanes = path >= KernelPath.Avx2;
        switch (type)
        {
            case GgmlType.F16: HalfRounding.Run(path, source, (ushort*)destination, count); break;
            case GgmlType.BF16: BF16Quantizer.FromFloat(source, (ushort*)destination, count, lanes); break;
            case GgmlType.Q4_0: Q4_0Quantizer.FromFloat(source, destination, count / 32, lanes); break;
            case GgmlType.Q4_1: Q4_1Quantizer.FromFloat(source, destination, count / 32, lanes); break;
            case GgmlType.Q5_0: Q5_0Quantizer.FromFloat(source, destination, count / 32, lanes); break;
            case GgmlType.Q5_1: Q5_1Quantizer.FromFloat(source, destination, count / 32, lanes); break;
            case GgmlType.Q8_0: Q8_0Quantizer.FromFloat(path, source, destination, count / 32); break;
            case GgmlType.Q8_1: Q8_1Quantizer.FromFloat(path, source, destination, count / 32); break;
            case GgmlType.Q2_K: Q2_KQuantizer.FromFloat(source, destination, count / 256, lanes); break;
            case GgmlType.Q3_K: Q3_KQuantizer.FromFloat(source, destination, count / 256, lanes); break;
            case GgmlType.Q4_K: Q4_KQuantizer.FromFloat(source, destination, count / 256, lanes); break;
            case GgmlType.Q5_K: Q5_KQuantizer.FromFloat(source, destination, count / 256, lanes); break;
            case GgmlType.Q6_K: Q6_KQuantizer.FromFloat(source, destination, count / 256, lanes); break;
            case GgmlType.Q8_K: Q8_KQuantizer.FromFloat(path, source, destination, count / 256); break;
            default: throw new NotSupportedException($"{type} can be read but not written");
        }
    }
}
