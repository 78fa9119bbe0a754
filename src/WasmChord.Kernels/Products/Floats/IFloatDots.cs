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
    /// One row of bfloat16 · one position, expanded in registers: what <see cref="Add"/> does with the expanded values.
    /// </summary>
    static abstract void AddBrains(ushort* w, float* y, int count, float* lanes);

    /// <summary>
    /// One row of F16 · one position of F16 that is expanded and multiplied by <see cref="FloatLanes.HalfBase"/>: what
    /// <see cref="Add"/> does with the expanded values. The bits of a half, moved into the places of a float's, are its
    /// value divided by that base, so its products with scaled activations are the true ones, and since neither scaling
    /// nor product of halves can overflow or be subnormal, they round alike.
    /// </summary>
    static abstract void AddHalves(ushort* w, float* scaled, int count, float* lanes);

    /// <summary>
    /// (Rows) rows · (Positions) positions, each at a stride from the first, as <see cref="Add"/>: those of row r and
    /// position p to lanes p · <paramref name="laneStride"/> + 32 · r and on.
    /// </summary>
    static abstract void Tile(
        float* w, long rowStride, float* y, long positionStride, int count, float* lanes, long laneStride);
}
