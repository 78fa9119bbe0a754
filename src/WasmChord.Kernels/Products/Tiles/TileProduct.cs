using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>
/// Integer products a tile of rows at a time: prefill, where unpacking is shared by many positions. Rows that do not
/// fill half a tile go one by one.
/// </summary>
internal static unsafe class TileProduct
{
    // From as many positions on, unpacking into a tile is repaid: measured, against rows one by one with a kernel of
    // their own, and against rows that are unpacked for each position anyway.
    private const int MinPositions = 7;
    private const int MinPositionsUnpacked = 3;

    /// <summary>Whether tiles are the faster way on a path.</summary>
    internal static bool Pays(KernelPath path, GgmlType weights, int positionCount)
    {
        bool hasRowKernel = path >= KernelPath.Avx2 && DotDispatch.HasRowKernel(weights);
        return path != KernelPath.Scalar && positionCount >= (hasRowKernel ? MinPositions : MinPositionsUnpacked);
    }

    /// <summary>output[p · outputStride + r] = row r · position p. The machine must have the path, and it has vectors.</summary>
    internal static void Run(KernelPath path, in ProductShape shape)
    {
        switch (path)
        {
            case KernelPath.Avx512: Run<TileSums512>(path, shape); break;
            case KernelPath.Avx2: Run<TileSums256>(path, shape); break;
            default: Run<TileSums128>(path, shape); break;
        }
    }

    private static void Run<TSums>(KernelPath path, in ProductShape shape)
        where TSums : ITileSums
    {
        int row = 0;
        for (; shape.RowCount - row >= TSums.Rows / 2; row += TSums.Rows) Tile<TSums>(shape, row);
        if (row >= shape.RowCount) return;
        ProductShape rest = shape;
        rest.Weights += row * shape.WeightRowBytes;
        rest.Output += row;
        rest.RowCount -= row;
        RowProduct.Run(path, rest);
    }

    private static void Tile<TSums>(in ProductShape shape, int firstRow)
        where TSums : ITileSums
    {
        switch (shape.WeightType)
        {
            case GgmlType.Q2_K: SuperBlockTile.Run<Q2_KCodes, TSums>(shape, firstRow); break;
            case GgmlType.Q3_K: SuperBlockTile.Run<Q3_KCodes, TSums>(shape, firstRow); break;
            case GgmlType.Q4_K: SuperBlockTile.Run<Q4_KCodes, TSums>(shape, firstRow); break;
            case GgmlType.Q5_K: SuperBlockTile.Run<Q5_KCodes, TSums>(shape, firstRow); break;
            case GgmlType.Q6_K: SuperBlockTile.Run<Q6_KCodes, TSums>(shape, firstRow); break;
            case GgmlType.IQ4_XS: SuperBlockTile.Run<IQ4_XSCodes, TSums>(shape, firstRow); break;
            case GgmlType.IQ1_S: SuperBlockTile.Run<IQ1_SCodes, TSums>(shape, firstRow); break;
            case GgmlType.IQ1_M: SuperBlockTile.Run<IQ1_MCodes, TSums>(shape, firstRow); break;
            case GgmlType.IQ2_XXS: SuperBlockTile.Run<IQ2_XXSCodes, TSums>(shape, firstRow); break;
            case GgmlType.IQ2_XS: SuperBlockTile.Run<IQ2_XSCodes, TSums>(shape, firstRow); break;
            case GgmlType.IQ2_S: SuperBlockTile.Run<IQ2_SCodes, TSums>(shape, firstRow); break;
            case GgmlType.IQ3_XXS: SuperBlockTile.Run<IQ3_XXSCodes, TSums>(shape, firstRow); break;
            case GgmlType.IQ3_S: SuperBlockTile.Run<IQ3_SCodes, TSums>(shape, firstRow); break;
            case GgmlType.TQ1_0: SuperBlockTile.Run<TQ1_0Codes, TSums>(shape, firstRow); break;
            case GgmlType.TQ2_0: SuperBlockTile.Run<TQ2_0Codes, TSums>(shape, firstRow); break;
            case GgmlType.Q4_0: SmallBlockTile.Run<Q4_0Codes, TSums>(shape, firstRow); break;
            case GgmlType.Q4_1: SmallBlockTile.Run<Q4_1Codes, TSums>(shape, firstRow); break;
            case GgmlType.Q5_0: SmallBlockTile.Run<Q5_0Codes, TSums>(shape, firstRow); break;
            case GgmlType.Q5_1: SmallBlockTile.Run<Q5_1Codes, TSums>(shape, firstRow); break;
            case GgmlType.Q8_0: SmallBlockTile.Run<Q8_0Codes, TSums>(shape, firstRow); break;
            case GgmlType.IQ4_NL: SmallBlockTile.Run<IQ4_NLCodes, TSums>(shape, firstRow); break;
            case GgmlType.MXFP4: SmallBlockTile.Run<MXFP4Codes, TSums>(shape, firstRow); break;
            case GgmlType.NVFP4: SmallBlockTile.Run<NVFP4Codes, TSums>(shape, firstRow); break;
            case GgmlType.Q1_0: SmallBlockTile.Run<Q1_0Codes, TSums>(shape, firstRow); break;
            case GgmlType.Q2_0: SmallBlockTile.Run<Q2_0Codes, TSums>(shape, firstRow); break;
            default: throw new NotSupportedException($"{shape.WeightType} has no product with quantized activations");
        }
    }
}
