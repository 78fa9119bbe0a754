namespace WasmChord.Inference;

/// <summary>The bounds of a forward pass: what its memory follows from.</summary>
/// <param name="MaxPositions">Most positions of a wave, over all sequences.</param>
/// <param name="MaxLogitRows">Most positions of a wave that logits are wanted for.</param>
/// <param name="MaxContext">Most positions of a sequence.</param>
/// <param name="Scheme">How weights are multiplied.</param>
public sealed record ForwardOptions(int MaxPositions, int MaxLogitRows, int MaxContext, MatMulScheme Scheme = MatMulScheme.Integer);
