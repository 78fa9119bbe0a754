using System.Runtime.Intrinsics;

namespace WasmChord.Kernels;

/// <summary>
/// Sixteen floats in the registers of one width. Arithmetic is that of sixteen scalars: every operation is rounded by
/// itself, none is fused, so a kernel written over this interface has the bits of its scalar reference at every width.
/// </summary>
/// <typeparam name="T">The implementation.</typeparam>
internal unsafe interface IFloats<T>
    where T : unmanaged, IFloats<T>
{
    /// <summary>Lanes 0–3.</summary>
    Vector128<float> First { get; }

    /// <summary>Lanes 4–7.</summary>
    Vector128<float> Second { get; }

    /// <summary>Lanes 8–11.</summary>
    Vector128<float> Third { get; }

    /// <summary>Lanes 12–15.</summary>
    Vector128<float> Fourth { get; }

    static abstract T operator +(T left, T right);

    static abstract T operator -(T left, T right);

    static abstract T operator *(T left, T right);

    static abstract T operator /(T left, T right);

    /// <summary>Sixteen floats from memory without any alignment.</summary>
    static abstract T Load(float* source);

    /// <summary>The value in every lane.</summary>
    static abstract T Create(float value);

    /// <summary>The larger of each lane; NaN where either is.</summary>
    static abstract T Max(T left, T right);

    /// <summary>Lanes 1, 0, 3, 2, …</summary>
    static abstract T SwapPairs(T value);

    /// <summary>2^n from n + 1.5 · 2^23, for −126 ≤ n ≤ 127: the sum's low bits are n, and become the exponent.</summary>
    static abstract T PowerOfTwo(T shifted);

    /// <summary>Whether the magnitude of any lane is above a limit; NaN is not.</summary>
    static abstract bool AnyMagnitudeAbove(T value, float limit);

    /// <summary>
    /// Σ x² over sixteen values a group: squares rounded to float, then summed in double. Lane l takes the values at l,
    /// l + 16, …; then lanes l and l + 8, l and l + 4, l and l + 2, l and l + 1 are added.
    /// </summary>
    static abstract double SumOfSquares(float* x, int groups);

    /// <summary>Sixteen floats to memory without any alignment.</summary>
    void Store(float* destination);
}
