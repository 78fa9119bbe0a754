using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>Chooses how a product is computed. The bits do not depend on the choice.</summary>
internal static class ProductDispatch
{
    /// <summary>Activations in the type that <see cref="Activations.TypeFor"/> gives. The machine must have the path.</summary>
    internal static void Run(KernelPath path, in ProductShape shape)
    {
        GgmlType activations = Activations.TypeFor(shape.WeightType);
        if (activations is GgmlType.F32 or GgmlType.F16 or GgmlType.BF16) FloatProduct.Run(path, shape, activations);
        else if (TileProduct.Pays(path, shape.WeightType, shape.PositionCount)) TileProduct.Run(path, shape);
        else RowProduct.Run(path, shape);
    }
}
