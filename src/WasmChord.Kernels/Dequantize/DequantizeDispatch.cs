using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>From a path and a type to the kernel.</summary>
internal static unsafe class DequantizeDispatch
{
    /// <summary>
    /// Expands <paramref name="blocks"/> blocks; for plain types a block is one value. The machine must have the path.
    /// </summary>
    internal static void Run(KernelPath path, GgmlType type, byte* source, float* destination, long blocks)
    {
        switch (path)
        {
            case KernelPath.Avx512: RunVectors<Lanes512>(type, source, destination, blocks); break;
            case KernelPath.Avx2: RunVectors<Lanes256>(type, source, destination, blocks); break;
            case KernelPath.Vector128: RunVectors<Lanes128>(type, source, destination, blocks); break;
            default: RunScalar(type, source, destination, blocks); break;
        }
    }

    private static void RunVectors<TLanes>(GgmlType type, byte* source, float* destination, long blocks)
        where TLanes : ILanes
    {
        switch (type)
        {
            case GgmlType.F16: F16.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.BF16: BF16.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.Q1_0: Q1_0.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.Q2_0: Q2_0.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.Q4_0: Q4_0.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.Q4_1: Q4_1.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.Q5_0: Q5_0.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.Q5_1: Q5_1.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.Q8_0: Q8_0.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.Q8_1: Q8_1.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.Q2_K: Q2_K.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.Q3_K: Q3_K.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.Q4_K: Q4_K.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.Q5_K: Q5_K.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.Q6_K: Q6_K.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.Q8_K: Q8_K.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.IQ4_NL: IQ4_NL.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.IQ4_XS: IQ4_XS.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.MXFP4: MXFP4.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.NVFP4: NVFP4.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.TQ1_0: TQ1_0.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.TQ2_0: TQ2_0.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.IQ1_S: IQ1_S.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.IQ1_M: IQ1_M.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.IQ2_XXS: IQ2_XXS.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.IQ2_XS: IQ2_XS.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.IQ2_S: IQ2_S.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.IQ3_XXS: IQ3_XXS.Dequantize<TLanes>(source, destination, blocks); break;
            case GgmlType.IQ3_S: IQ3_S.Dequantize<TLanes>(source, destination, blocks); break;
            default: RunPlain(type, source, destination, blocks); break;
        }
    }

    private static void RunScalar(GgmlType type, byte* source, float* destination, long blocks)
    {
        switch (type)
        {
            case GgmlType.F16: F16.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.BF16: BF16.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.Q1_0: Q1_0.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.Q2_0: Q2_0.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.Q4_0: Q4_0.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.Q4_1: Q4_1.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.Q5_0: Q5_0.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.Q5_1: Q5_1.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.Q8_0: Q8_0.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.Q8_1: Q8_1.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.Q2_K: Q2_K.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.Q3_K: Q3_K.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.Q4_K: Q4_K.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.Q5_K: Q5_K.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.Q6_K: Q6_K.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.Q8_K: Q8_K.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.IQ4_NL: IQ4_NL.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.IQ4_XS: IQ4_XS.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.MXFP4: MXFP4.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.NVFP4: NVFP4.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.TQ1_0: TQ1_0.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.TQ2_0: TQ2_0.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.IQ1_S: IQ1_S.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.IQ1_M: IQ1_M.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.IQ2_XXS: IQ2_XXS.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.IQ2_XS: IQ2_XS.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.IQ2_S: IQ2_S.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.IQ3_XXS: IQ3_XXS.DequantizeScalar(source, destination, blocks); break;
            case GgmlType.IQ3_S: IQ3_S.DequantizeScalar(source, destination, blocks); break;
            default: RunPlain(type, source, destination, blocks); break;
        }
    }

    private static void RunPlain(GgmlType type, byte* source, float* destination, long count)
    {
        switch (type)
        {
            case GgmlType.F32: PlainNumbers.FromSingle(source, destination, count); break;
            case GgmlType.F64: PlainNumbers.FromDouble(source, destination, count); break;
            case GgmlType.I8: PlainNumbers.FromInt8(source, destination, count); break;
            case GgmlType.I16: PlainNumbers.FromInt16(source, destination, count); break;
            case GgmlType.I32: PlainNumbers.FromInt32(source, destination, count); break;
            case GgmlType.I64: PlainNumbers.FromInt64(source, destination, count); break;
            default: throw new ArgumentOutOfRangeException(nameof(type), type, $"{(int)type} is not a ggml type");
        }
    }
}
