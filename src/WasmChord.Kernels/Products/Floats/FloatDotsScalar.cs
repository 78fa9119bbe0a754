namespace WasmChord.Kernels;

/// <summary>The reference.</summary>
internal readonly unsafe struct FloatDotsScalar : IFloatDots
{
    /// <inheritdoc/>
    public static int Rows => 1;

    /// <inheritdoc/>
    public static int Positions => 1;

    /// <inheritdoc/>
    public static float One(float* w, float* y, int count)
    {
        float* lanes = stackalloc float[FloatLanes.Count];
        for (int i = 0; i < FloatLanes.Count; i++) lanes[i] = 0;
        int whole = count & ~(FloatLanes.Count - 1);
        for (int i = 0; i < whole; i++) lanes[i & (FloatLanes.Count - 1)] += w[i] * y[i];
        return FloatLanes.Finish(lanes, w + whole, y + whole, count - whole);
    }

    /// <inheritdoc/>
    public static float OneOfBrains(ushort* w, float* y, int count)
    {
        float* lanes = stackalloc float[FloatLanes.Count];
        for (int i = 0; i < FloatLanes.Count; i++) lanes[i] = 0;
        for (int i = 0; i < count; i++) lanes[i & (FloatLanes.Count - 1)] += BrainFloat16.ToSingle(w[i]) * y[i];
        return FloatLanes.Finish(lanes, null, null, 0);
    }

    /// <inheritdoc/>
    public static float OneOfHalves(ushort* w, float* scaled, int count) => FloatLanes.OneOfHalves(w, scaled, count);

    /// <inheritdoc/>
    public static void Tile(float* w, long rowStride, float* y, long positionStride, int count, float* sums) =>
        sums[0] = One(w, y, count);
}
