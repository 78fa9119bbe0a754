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
    public static void AddBrains(ushort* w, float* y, int count, float* lanes)
    {
        for (int i = 0; i < count; i++) lanes[i & (FloatLanes.Count - 1)] += BrainFloat16.ToSingle(w[i]) * y[i];
    }

    /// <inheritdoc/>
    public static void AddHalves(ushort* w, float* scaled, int count, float* lanes) =>
        FloatLanes.AddHalves(w, scaled, count, lanes);

    /// <inheritdoc/>
    public static void Tile(
        float* w, long rowStride, float* y, long positionStride, int count, float* lanes, long laneStride) =>
        Add(w, y, count, lanes);
}
