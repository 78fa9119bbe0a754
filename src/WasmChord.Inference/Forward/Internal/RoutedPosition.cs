namespace WasmChord.Inference;

/// <summary>A position that an expert has to serve.</summary>
/// <param name="Row">Its row in the wave.</param>
/// <param name="Weight">What the expert's output counts.</param>
internal readonly record struct RoutedPosition(int Row, float Weight);
