namespace WasmChord.Gguf;

/// <summary>
/// The extents of a tensor in GGUF order: <c>ne[0]</c> is innermost (the length of a row). Absent dimensions are 1.
/// </summary>
/// <param name="DimensionCount">How many dimensions the file states, 1 to 4 (0 for a scalar).</param>
/// <param name="Ne0">Length of a row, in values.</param>
/// <param name="Ne1">Second extent.</param>
/// <param name="Ne2">Third extent.</param>
/// <param name="Ne3">Fourth extent.</param>
public readonly record struct TensorShape(int DimensionCount, long Ne0, long Ne1 = 1, long Ne2 = 1, long Ne3 = 1)
{
    /// <summary>Most dimensions a tensor can have.</summary>
    public const int MaxDimensions = 4;

    /// <summary>Number of rows: <c>ne[1] · ne[2] · ne[3]</c>.</summary>
    public long RowCount => checked(Ne1 * Ne2 * Ne3);

    /// <summary>Number of values.</summary>
    public long ValueCount => checked(Ne0 * RowCount);

    /// <summary>The stated extents, innermost first.</summary>
    public long[] ToArray() => new[] { Ne0, Ne1, Ne2, Ne3 }[..DimensionCount];

    /// <summary>The extents as <c>[4096, 32000]</c>, innermost first.</summary>
    public override string ToString() => $"[{string.Join(", ", ToArray())}]";
}
