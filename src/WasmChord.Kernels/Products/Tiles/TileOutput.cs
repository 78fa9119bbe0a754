namespace WasmChord.Kernels;

/// <summary>From a tile's sums to the output.</summary>
internal static unsafe class TileOutput
{
    /// <summary>Writes the rows of a tile that exist, for each position of a pass.</summary>
    /// <param name="shape">The product.</param>
    /// <param name="firstRow">First row of the tile.</param>
    /// <param name="rows">Rows of a whole tile.</param>
    /// <param name="firstPosition">First position of the pass.</param>
    /// <param name="positions">Positions of the pass.</param>
    /// <param name="totals">(positions, rows).</param>
    internal static void Write(in ProductShape shape, int firstRow, int rows, int firstPosition, int positions, float* totals)
    {
        int count = Math.Min(rows, shape.RowCount - firstRow);
        for (int p = 0; p < positions; p++)
        {
            float* to = shape.Output + (firstPosition + p) * shape.OutputStride + firstRow;
            new ReadOnlySpan<float>(totals + p * rows, count).CopyTo(new Span<float>(to, count));
        }
    }
}
