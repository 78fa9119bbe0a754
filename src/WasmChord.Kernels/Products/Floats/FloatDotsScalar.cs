namespace WasmChord.Kernels;

/// <summary>The reference.</summary>
internal readonly unsafe struct FloatDotsScalar : IFloatDots
{
    /// <inheritdoc/>
    public static int Rows => 1;

    /// <inheritdoc/>
    public static int Positions => 1;

    /// <inheritdoc/>
    public static void Add(float* w, float* y, int count, float* lanes)
    {
        for (int i = 0; i < count; i++) lanes[i & (FloatLanes.Count - 1)] += w[i] * y[i];
    }

    /// <inheritdoc/>
    public static void AddHalves(ushort* w, float* y, int count, bool isBrain, float* lanes)
    {
        for (int i = 0; i < count; i++)
            lanes[i & (FloatLanes.Count - 1)] += (isBrain ? BrainFloat16.ToSingle(w[i]) : Float16.ToSingle(w[i])) * y[i];
    }

    /// <inheritdoc/>
    public static void Tile(
        float* w, long rowStride, float* y, long positionStride, int count, float* lanes, long laneStride) =>
        Add(w, y, count, lanes);
}
