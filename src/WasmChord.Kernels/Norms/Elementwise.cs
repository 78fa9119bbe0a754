using System.Numerics.Tensors;

namespace WasmChord.Kernels;

/// <summary>
/// Sums and products value by value: no value depends on another, and every operation is rounded by itself, so the bits
/// are the same on every machine.
/// </summary>
public static class Elementwise
{
    /// <summary>x += y: a residual, or a bias.</summary>
    /// <param name="x">(n).</param>
    /// <param name="y">(n).</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Add(Span<float> x, ReadOnlySpan<float> y)
    {
        Check(x.Length, y.Length);
        TensorPrimitives.Add(x, y, x);
    }

    /// <summary>x *= factor.</summary>
    /// <param name="x">(n).</param>
    /// <param name="factor">What each is multiplied by.</param>
    public static void Scale(Span<float> x, float factor) => TensorPrimitives.Multiply(x, factor, x);

    /// <summary>x += factor · y, the product rounded before the sum: an expert's part of the output.</summary>
    /// <param name="x">(n).</param>
    /// <param name="factor">What each of <paramref name="y"/> is multiplied by.</param>
    /// <param name="y">(n).</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void AddScaled(Span<float> x, float factor, ReadOnlySpan<float> y)
    {
        Check(x.Length, y.Length);
        TensorPrimitives.MultiplyAdd(y, factor, x, x);
    }

    private static void Check(int x, int y)
    {
        if (x != y) throw new ArgumentException($"{y} values cannot be added to {x}");
    }
}
