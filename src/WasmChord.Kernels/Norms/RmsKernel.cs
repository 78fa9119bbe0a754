using System.Runtime.CompilerServices;

namespace WasmChord.Kernels;

/// <summary>The root mean square normalization: a scalar reference and its twins, of the same bits.</summary>
internal static unsafe class RmsKernel
{
    /// <summary>Normalizes at least one value; <paramref name="weights"/> may be null. The machine must have the path.</summary>
    internal static void Run(KernelPath path, float* x, float* weights, float epsilon, float* y, int count)
    {
        switch (path)
        {
            case KernelPath.Avx512: RunVectors<Floats512>(x, weights, epsilon, y, count); break;
            case KernelPath.Avx2: RunVectors<Floats256>(x, weights, epsilon, y, count); break;
            case KernelPath.Vector128: RunVectors<Floats128>(x, weights, epsilon, y, count); break;
            default: RunScalar(x, weights, epsilon, y, count); break;
        }
    }

    private static void RunScalar(float* x, float* weights, float epsilon, float* y, int count)
    {
        double* lanes = stackalloc double[16];
        int whole = count & ~15;
        for (int i = 0; i < 16; i++) lanes[i] = 0;
        for (int i = 0; i < whole; i++) lanes[i & 15] += x[i] * x[i];
        for (int width = 8; width > 0; width /= 2)
            for (int i = 0; i < width; i++) lanes[i] += lanes[i + width];
        Scale(x, weights, ScaleOf(lanes[0], x, whole, count, epsilon), y, 0, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunVectors<T>(float* x, float* weights, float epsilon, float* y, int count)
        where T : unmanaged, IFloats<T>
    {
        int whole = count & ~15;
        float scale = ScaleOf(T.SumOfSquares(x, whole / 16), x, whole, count, epsilon);
        T scales = T.Create(scale);
        if (weights == null)
            for (int i = 0; i < whole; i += 16) (T.Load(x + i) * scales).Store(y + i);
        else
            for (int i = 0; i < whole; i += 16) (T.Load(x + i) * scales * T.Load(weights + i)).Store(y + i);
        Scale(x, weights, scale, y, whole, count);
    }

    // The values past the last sixteen join the sum one after the other.
    private static float ScaleOf(double sum, float* x, int whole, int count, float epsilon)
    {
        for (int i = whole; i < count; i++) sum += x[i] * x[i];
        return 1f / MathF.Sqrt((float)(sum / count) + epsilon);
    }

    private static void Scale(float* x, float* weights, float scale, float* y, int from, int to)
    {
        for (int i = from; i < to; i++) y[i] = weights == null ? x[i] * scale : x[i] * scale * weights[i];
    }
}
