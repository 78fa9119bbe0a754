namespace WasmChord.Kernels;

/// <summary>Exact integer sums of a tile of rows by four positions, for one width of vector.</summary>
/// <remarks>Weights are (pairs, Rows, 2): two neighbouring words of each row lie together.</remarks>
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

    /// <summary>
    /// lanes[p · laneStride + r] += factors[p · Rows + r] · (float)(sum of one lane's products): twice
    /// <paramref name="count"/> times four words, <paramref name="step"/> words from one four to the next and 128 from
    /// the first of the former to the first of the latter; and of one pair more, where there is one.
    /// </summary>
    /// <param name="w">(128, Rows, 2), from the lane's first pair on.</param>
    /// <param name="y">(4, 256) words, from the lane's first on.</param>
    /// <param name="count">Fours in each half.</param>
    /// <param name="step">Words from one four to the next.</param>
    /// <param name="more">(Rows, 2), or null.</param>
    /// <param name="yMore">(4, 16) words, from the pair's first on.</param>
    /// <param name="factors">(4, Rows).</param>
    /// <param name="lanes">(4, laneStride), of which Rows of each are changed.</param>
    /// <param name="laneStride">Floats from one position to the next.</param>
    static abstract void AddLane(
        short* w, short* y, int count, int step, short* more, short* yMore, float* factors, float* lanes, int laneStride);

    /// <summary>The same of <paramref name="pairs"/> neighbouring pairs.</summary>
    /// <param name="w">(pairs, Rows, 2).</param>
    /// <param name="y">(4, 16) words, from the lane's first on.</param>
    /// <param name="pairs">Pairs of words.</param>
    /// <param name="factors">(4, Rows).</param>
    /// <param name="lanes">(4, laneStride), of which Rows of each are changed.</param>
    /// <param name="laneStride">Floats from one position to the next.</param>
    static abstract void AddPairs(short* w, short* y, int pairs, float* factors, float* lanes, int laneStride);
}
