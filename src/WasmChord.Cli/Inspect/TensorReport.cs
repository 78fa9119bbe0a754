namespace WasmChord.Cli;

/// <summary>One tensor of a model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type, as ggml writes it.</param>
/// <param name="Shape">Its extents, innermost first.</param>
/// <param name="File">Index of the file that holds it.</param>
/// <param name="Offset">Where its data starts in that file, in bytes.</param>
/// <param name="Bytes">Bytes of its data.</param>
/// <param name="Layer"><c>embedding</c>, <c>blk.N</c> or <c>head</c>; absent where it belongs to none.</param>
internal sealed record TensorReport(string Name, string Type, long[] Shape, int File, long Offset, long Bytes, string? Layer);
