namespace WasmChord.Memory64;

/// <summary>The checksum of a row of the token embedding, which is read by row.</summary>
/// <param name="Row">Which row.</param>
/// <param name="Checksum">Its CRC-32C as whoever reads rows computes it; never 0.</param>
public readonly record struct SidecarRow(int Row, uint Checksum);
