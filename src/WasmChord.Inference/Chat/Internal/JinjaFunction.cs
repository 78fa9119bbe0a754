namespace WasmChord.Inference;

/// <summary>What can be called with arguments; filters and tests get the value that they are applied to apart.</summary>
internal delegate object? JinjaFunction(JinjaArguments arguments);
