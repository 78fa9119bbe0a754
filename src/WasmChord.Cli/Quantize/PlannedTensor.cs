using WasmChord.Gguf;

namespace WasmChord.Cli;

/// <summary>A tensor and the type it gets.</summary>
/// <param name="Source">The tensor as it is.</param>
/// <param name="Type">Its type in the output.</param>
/// <param name="Wanted">The type it would have, were its rows not of the wrong length.</param>
internal sealed record PlannedTensor(TensorInfo Source, GgmlType Type, GgmlType Wanted);
