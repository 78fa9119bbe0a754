namespace WasmChord.Inference;

/// <summary>A function that templates can call.</summary>
/// <param name="arguments">By position.</param>
/// <param name="named">By name.</param>
internal delegate object? TemplateFunction(List<object?> arguments, TemplateMap named);
