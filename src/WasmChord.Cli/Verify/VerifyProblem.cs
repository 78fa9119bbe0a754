namespace WasmChord.Cli;

/// <summary>Something that is wrong with a model's data.</summary>
/// <param name="Tensor">The tensor; absent where no single one is to blame.</param>
/// <param name="Block">Index of the block in its tensor, where one is to blame.</param>
/// <param name="Offset">Where in the file, in bytes.</param>
/// <param name="Message">A sentence for people.</param>
internal sealed record VerifyProblem(string? Tensor, long? Block, long Offset, string Message);
