using WasmChord.Gguf;

namespace WasmChord.Cli;

/// <summary>Which type each tensor of a model gets.</summary>
internal static class QuantizationPlan
{
    /// <summary>Plans all tensors, in the model's order.</summary>
    /// <param name="model">The model.</param>
    /// <param name="recipe">What is to be made.</param>
    /// <param name="isPure">One type for all that is quantized, no mix.</param>
    /// <param name="keepsOutput">Leave <c>output.weight</c> as it is.</param>
    /// <param name="allowRequantize">Whether tensors that are quantized already may be quantized again.</param>
    /// <exception cref="ToolException">A tensor is quantized already.</exception>
    public static IReadOnlyList<PlannedTensor> Create(GgufModel model, QuantizationRecipe recipe, bool isPure, bool keepsOutput, bool allowRequantize)
    {
        TypeMixer mixer = new(model, recipe);
        bool isMixed = !isPure && GgmlTypeTraits.For(recipe.Type).IsQuantized;
        Dictionary<string, PlannedTensor> planned = new(model.Tensors.Count, StringComparer.Ordinal);
        foreach (TensorInfo tensor in model.Tensors.OrderBy(t => model.Manifest.LayerOf(t.Name) is { IsBlock: true } id ? id.Value : -1).ThenBy(t => t.Name, StringComparer.Ordinal))
        {
            GgmlType type = tensor.Type, wanted = tensor.Type;
            if (TensorRoles.CanQuantize(tensor) && !(keepsOutput && tensor.Name == "output.weight"))
            {
                wanted = isMixed ? mixer.TypeOf(tensor) : recipe.Type;
                type = Fit(wanted, tensor.Shape.Ne0);
            }

            if (type != tensor.Type && GgmlTypeTraits.For(tensor.Type).IsQuantized && !allowRequantize)
                throw new ToolException("requantize", $"tensor '{tensor.Name}' is {GgmlTypeTraits.For(tensor.Type).Name} already: quantizing it again loses quality; --allow-requantize does it");
            planned.Add(tensor.Name, new PlannedTensor(tensor, type, wanted));
        }

        return [.. model.Tensors.Select(t => planned[t.Name])];
    }

    // Rows must be whole blocks. Source of what is taken instead: tensor_type_fallback in llama.cpp's llama-quant.cpp.
    private static GgmlType Fit(GgmlType type, long rowLength)
    {
        if (Fits(type, rowLength)) return type;
        GgmlType instead = type switch
        {
            GgmlType.Q2_K or GgmlType.Q3_K => GgmlType.Q4_0,
            GgmlType.Q4_K => GgmlType.Q5_0,
            GgmlType.Q5_K => GgmlType.Q5_1,
            GgmlType.Q6_K => GgmlType.Q8_0,
            _ => GgmlType.F16,
        };
        return Fits(instead, rowLength) ? instead : GgmlType.F16;
    }

    private static bool Fits(GgmlType type, long rowLength) => rowLength % GgmlTypeTraits.For(type).BlockSize == 0;
}
