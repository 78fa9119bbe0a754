namespace WasmChord.Inference;

/// <summary>Sees intermediate values of a forward pass.</summary>
/// <param name="name">What they are.</param>
/// <param name="layer">Index of the block; −1 before the first.</param>
/// <param name="values">(positions, columns).</param>
internal delegate void PassProbe(string name, int layer, ReadOnlySpan<float> values);
