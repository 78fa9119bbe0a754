namespace WasmChord.Kernels;

/// <summary>Exact integer sums of a tile of rows by four positions, for one width of vector.</summary>
internal unsafe interface ITileSums
{
    /// <summary>Rows of a tile: two registers of integers.</summary>
    static abstract int Rows { get; }

    /// <summary>
    /// sums[p · Rows + r] = sum of the products of 2 · <paramref name="pairs"/> words of row r and position p.
    /// </summary>
    /// <param name="w">(pairs, Rows, 2): two neighbouring words of each row lie together.</param>
    /// <param name="y">(4, stride) words.</param>
    /// <param name="stride">Words from one position to the next.</param>
    /// <param name="pairs">Pairs of words.</param>
    /// <param name="sums">(4, Rows).</param>
    static abstract void Run(short* w, short* y, int stride, int pairs, int* sums);
}
