namespace WasmChord.Kernels;

/// <summary>
/// Dot products of floats, for one width of vector. All widths add in the same order and round alike: value i goes to
/// lane i mod 16, product and sum are rounded one after the other, and the lanes fold upper half onto lower half.
/// </summary>
internal unsafe interface IFloatDots
{
    /// <summary>Rows of a tile.</summary>
    static abstract int Rows { get; }

    /// <summary>Positions of a tile.</summary>
    static abstract int Positions { get; }

    /// <summary>One row · one position, <paramref name="count"/> values.</summary>
    static abstract float One(float* w, float* y, int count);

    /// <summary>
    /// One row of bfloat16 · one position, expanded in registers: the sum of <see cref="One"/> over the expanded values.
    /// The count is a multiple of 32.
    /// </summary>
    static abstract float OneOfBrains(ushort* w, float* y, int count);

    /// <summary>
    /// One row of F16 · one position of F16 that is expanded and multiplied by <see cref="FloatLanes.HalfBase"/>: the sum
    /// of <see cref="One"/> over the expanded values. The bits of a half, moved into the places of a float's, are its
    /// value divided by that base, so its products with scaled activations are the true ones, and since neither scaling
    /// nor product of halves can overflow or be subnormal, they round alike. The count is a multiple of 32.
    /// </summary>
    static abstract float OneOfHalves(ushort* w, float* scaled, int count);

    /// <summary>
    /// (Rows) rows · (Positions) positions, each at a stride from the first; sums[position · Rows + row] is what
    /// <see cref="One"/> gives. The count is a multiple of 16.
    /// </summary>
    static abstract void Tile(float* w, long rowStride, float* y, long positionStride, int count, float* sums);
}
