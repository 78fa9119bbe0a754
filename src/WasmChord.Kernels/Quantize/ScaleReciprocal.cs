namespace WasmChord.Kernels;

/// <summary>The factor that divides a block's values by its scale.</summary>
internal static class ScaleReciprocal
{
    /// <summary>
    /// 1/<paramref name="scale"/>, and 0 for a scale of zero or one so small that the quotient overflows. Such a scale
    /// is zero in a half, so the block is zero whatever its codes; ggml converts infinities to integers there, which C
    /// leaves undefined.
    /// </summary>
    public static float Of(float scale)
    {
        float reciprocal = 1f / scale;
        return float.IsFinite(reciprocal) ? reciprocal : 0f;
    }
}
