using WasmChord.Memory64;

namespace WasmChord.Inference;

/// <summary>Rows of a matrix that one segment holds.</summary>
/// <param name="Segment">The segment.</param>
/// <param name="FirstRow">The first of them, within the matrix or the expert's slice.</param>
/// <param name="RowCount">How many.</param>
public readonly record struct WeightTile(Segment Segment, int FirstRow, int RowCount);
