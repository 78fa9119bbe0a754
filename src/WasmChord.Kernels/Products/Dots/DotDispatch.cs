using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>Chooses the kernel that multiplies one row of quantized weights by one position.</summary>
internal static unsafe class DotDispatch
{
    /// <summary>
    /// The kernel, called as (weights, activations, prepared activations, columns); the machine must have the path.
    /// AVX-512 takes the kernels of AVX2: a step of 32 codes lets more steps overlap than one of 64, and measured
    /// faster for every format.
    /// </summary>
    internal static delegate*<byte*, byte*, PreparedActivations*, int, float> For(KernelPath path, GgmlType type) => path switch
    {
        KernelPath.Avx2 or KernelPath.Avx512 => Avx2(type),
        KernelPath.Vector128 => Unpacked<ByteDots128>(type),
        _ => Scalar(type),
    };

    /// <summary>Whether AVX2 has a kernel for the type that needs no unpacking to memory.</summary>
    internal static bool HasRowKernel(GgmlType type) => type is GgmlType.Q2_K or GgmlType.Q3_K or GgmlType.Q4_K
        or GgmlType.Q5_K or GgmlType.Q6_K or GgmlType.IQ4_XS or GgmlType.Q4_0 or GgmlType.Q4_1 or GgmlType.Q5_0
        or GgmlType.Q5_1 or GgmlType.Q8_0 or GgmlType.IQ4_NL or GgmlType.MXFP4;

    private static delegate*<byte*, byte*, PreparedActivations*, int, float> Avx2(GgmlType type) => type switch
    {
        GgmlType.Q2_K => &SuperBlockDot256.Row<Q2_KLanes>,
        GgmlType.Q3_K => &SuperBlockDot256.Row<Q3_KLanes>,
        GgmlType.Q4_K => &SuperBlockDot256.Row<Q4_KLanes>,
        GgmlType.Q5_K => &SuperBlockDot256.Row<Q5_KLanes>,
        GgmlType.Q6_K => &SuperBlockDot256.Row<Q6_KLanes>,
        GgmlType.IQ4_XS => &SuperBlockDot256.Row<IQ4_XSLanes>,
        GgmlType.Q4_0 => &SmallBlockDot256.Row<Q4_0Lanes>,
        GgmlType.Q4_1 => &SmallBlockDot256.Row<Q4_1Lanes>,
        GgmlType.Q5_0 => &SmallBlockDot256.Row<Q5_0Lanes>,
        GgmlType.Q5_1 => &SmallBlockDot256.Row<Q5_1Lanes>,
        GgmlType.Q8_0 => &SmallBlockDot256.Row<Q8_0Lanes>,
        GgmlType.IQ4_NL => &SmallBlockDot256.Row<IQ4_NLLanes>,
        GgmlType.MXFP4 => &SmallBlockDot256.Row<MXFP4Lanes>,
        _ => Unpacked<ByteDots256>(type),
    };

    private static delegate*<byte*, byte*, PreparedActivations*, int, float> Unpacked<TDots>(GgmlType type)
        where TDots : IByteDots => type switch
    {
        GgmlType.Q2_K => &UnpackedDot.SuperBlocks<Q2_KCodes, TDots>,
        GgmlType.Q3_K => &UnpackedDot.SuperBlocks<Q3_KCodes, TDots>,
        GgmlType.Q4_K => &UnpackedDot.SuperBlocks<Q4_KCodes, TDots>,
        GgmlType.Q5_K => &UnpackedDot.SuperBlocks<Q5_KCodes, TDots>,
        GgmlType.Q6_K => &UnpackedDot.SuperBlocks<Q6_KCodes, TDots>,
        GgmlType.IQ4_XS => &UnpackedDot.SuperBlocks<IQ4_XSCodes, TDots>,
        GgmlType.IQ1_S => &UnpackedDot.SuperBlocks<IQ1_SCodes, TDots>,
        GgmlType.IQ1_M => &UnpackedDot.SuperBlocks<IQ1_MCodes, TDots>,
        GgmlType.IQ2_XXS => &UnpackedDot.SuperBlocks<IQ2_XXSCodes, TDots>,
        GgmlType.IQ2_XS => &UnpackedDot.SuperBlocks<IQ2_XSCodes, TDots>,
        GgmlType.IQ2_S => &UnpackedDot.SuperBlocks<IQ2_SCodes, TDots>,
        GgmlType.IQ3_XXS => &UnpackedDot.SuperBlocks<IQ3_XXSCodes, TDots>,
        GgmlType.IQ3_S => &UnpackedDot.SuperBlocks<IQ3_SCodes, TDots>,
        GgmlType.TQ1_0 => &UnpackedDot.SuperBlocks<TQ1_0Codes, TDots>,
        GgmlType.TQ2_0 => &UnpackedDot.SuperBlocks<TQ2_0Codes, TDots>,
        GgmlType.Q4_0 => &UnpackedDot.SmallBlocks<Q4_0Codes, TDots>,
        GgmlType.Q4_1 => &UnpackedDot.SmallBlocks<Q4_1Codes, TDots>,
        GgmlType.Q5_0 => &UnpackedDot.SmallBlocks<Q5_0Codes, TDots>,
        GgmlType.Q5_1 => &UnpackedDot.SmallBlocks<Q5_1Codes, TDots>,
        GgmlType.Q8_0 => &UnpackedDot.SmallBlocks<Q8_0Codes, TDots>,
        GgmlType.IQ4_NL => &UnpackedDot.SmallBlocks<IQ4_NLCodes, TDots>,
        GgmlType.MXFP4 => &UnpackedDot.SmallBlocks<MXFP4Codes, TDots>,
        GgmlType.NVFP4 => &UnpackedDot.SmallBlocks<NVFP4Codes, TDots>,
        GgmlType.Q1_0 => &UnpackedDot.SmallBlocks<Q1_0Codes, TDots>,
        GgmlType.Q2_0 => &UnpackedDot.SmallBlocks<Q2_0Codes, TDots>,
        _ => throw new NotSupportedException($"{type} has no product with quantized activations"),
    };

    private static delegate*<byte*, byte*, PreparedActivations*, int, float> Scalar(GgmlType type) => type switch
    {
        GgmlType.Q2_K => &ScalarDot.SuperBlocks<Q2_KCodes>,
        GgmlType.Q3_K => &ScalarDot.SuperBlocks<Q3_KCodes>,
        GgmlType.Q4_K => &ScalarDot.SuperBlocks<Q4_KCodes>,
        GgmlType.Q5_K => &ScalarDot.SuperBlocks<Q5_KCodes>,
        GgmlType.Q6_K => &ScalarDot.SuperBlocks<Q6_KCodes>,
        GgmlType.IQ4_XS => &ScalarDot.SuperBlocks<IQ4_XSCodes>,
        GgmlType.IQ1_S => &ScalarDot.SuperBlocks<IQ1_SCodes>,
        GgmlType.IQ1_M => &ScalarDot.SuperBlocks<IQ1_MCodes>,
        GgmlType.IQ2_XXS => &ScalarDot.SuperBlocks<IQ2_XXSCodes>,
        GgmlType.IQ2_XS => &ScalarDot.SuperBlocks<IQ2_XSCodes>,
        GgmlType.IQ2_S => &ScalarDot.SuperBlocks<IQ2_SCodes>,
        GgmlType.IQ3_XXS => &ScalarDot.SuperBlocks<IQ3_XXSCodes>,
        GgmlType.IQ3_S => &ScalarDot.SuperBlocks<IQ3_SCodes>,
        GgmlType.TQ1_0 => &ScalarDot.SuperBlocks<TQ1_0Codes>,
        GgmlType.TQ2_0 => &ScalarDot.SuperBlocks<TQ2_0Codes>,
        GgmlType.Q4_0 => &ScalarDot.SmallBlocks<Q4_0Codes>,
        GgmlType.Q4_1 => &ScalarDot.SmallBlocks<Q4_1Codes>,
        GgmlType.Q5_0 => &ScalarDot.SmallBlocks<Q5_0Codes>,
        GgmlType.Q5_1 => &ScalarDot.SmallBlocks<Q5_1Codes>,
        GgmlType.Q8_0 => &ScalarDot.SmallBlocks<Q8_0Codes>,
        GgmlType.IQ4_NL => &ScalarDot.SmallBlocks<IQ4_NLCodes>,
        GgmlType.MXFP4 => &ScalarDot.SmallBlocks<MXFP4Codes>,
        GgmlType.NVFP4 => &ScalarDot.SmallBlocks<NVFP4Codes>,
        GgmlType.Q1_0 => &ScalarDot.SmallBlocks<Q1_0Codes>,
        GgmlType.Q2_0 => &ScalarDot.SmallBlocks<Q2_0Codes>,
        _ => throw new NotSupportedException($"{type} has no product with quantized activations"),
    };
}
