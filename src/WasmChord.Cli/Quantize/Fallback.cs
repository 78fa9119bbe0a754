namespace WasmChord.Cli;

/// <summary>A tensor that got another type because its rows are not whole blocks.</summary>
/// <param name="Tensor">Its name.</param>
/// <param name="RowLength">Values of a row.</param>
/// <param name="Wanted">The type it was to have.</param>
/// <param name="Used">The type it has.</param>
internal sealed record Fallback(string Tensor, long RowLength, string Wanted, string Used);
