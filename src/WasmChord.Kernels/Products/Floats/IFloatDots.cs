namespace WasmChord.Kernels;

/// <summary>
/// Dot products of floats, for one width of vector. All widths add in the same order and round alike: value i goes to
/// lane i mod 32, product and sum are rounded one after the other, and <see cref="FloatLanes"/> folds the lanes at the
/// end of a row. Counts are multiples of 32; lanes are in memory, so that a row may come in segments.
/// </summary>
internal unsafe interface IFloatDots
{
    /// <summary>Rows of a tile.</summary>
    static abstract int Rows { get; }

    /// <summary>Positions of a tile.</summary>
    static abstract int Positions { get; }

    /// <summary>One row · one position, <paramref name="count"/> values, added to its lanes.</summary>
    static abstract void Add(float* w, float* y, int count, float* lanes);

    /// <summary>
    /// One row of halves (F16 or BF16 by <paramref name="isBrain"/>, a constant) · one position, expanded in registers:
    /// what <see cref="Add"/> does with the expanded values.
    /// </summary>
    static abstract void AddHalves(ushort* w, float* y, int count, bool isBrain, float* lanes);

    /// <summary>
    /// (Rows) rows · (Positions) positions, each at a stride from the first, as <see cref="Add"/>: those of row r and
    /// position p to lanes p · <paramref name="laneStride"/> + 32 · r and on.
    /// </summary>
    static abstract void Tile(
        float* w, long rowStride, float* y, long positionStride, int count, float* lanes, long laneStride);
}
