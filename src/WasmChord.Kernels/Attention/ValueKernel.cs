using System.Runtime.CompilerServices;
using WasmChord.Gguf;

namespace WasmChord.Kernels;

/// <summary>
/// Weighted sums of values: a scalar reference and its twins, of the same bits. Position t goes to partial sum t modulo
/// 32, and the partial sums are added as <see cref="ScoreKernel"/> adds its lanes. This is how ggml multiplies by values
/// that lie transposed, 32 positions at a time; lanes here are the values of a head, which no step lets meet.
/// </summary>
internal static unsafe class ValueKernel
{
    private const int Partials = Attention.PartialCount;

    /// <summary>Adds at least one row to the partial sums of at least one head. The machine must have the path.</summary>
    [SkipLocalsInit]
    internal static void Run(
        KernelPath path, GgmlType type, byte* values, int rows, int headDim, int position, float* weights, int stride, float* partials, int heads)
    {
        int atOnce = ExpandedRows.RowsAtOnce(type, headDim, rows), rowBytes = KvRows.RowBytes(type, headDim);
        float* buffer = stackalloc float[ExpandedRows.BufferLength];
        for (int from = 0; from < rows; from += atOnce)
        {
            int count = Math.Min(atOnce, rows - from);
            float* value = ExpandedRows.Get(path, type, values + (long)from * rowBytes, count * headDim, buffer);
            for (int h = 0; h < heads; h++)
                Add(path, value, count, headDim, position + from, weights + (long)h * stride + from, partials + (long)h * Partials * headDim);
        }
    }

    /// <summary>Makes the partial sums of each head one.</summary>
    internal static void Combine(KernelPath path, float* partials, int headDim, float* output, int heads)
    {
        for (int h = 0; h < heads; h++, partials += Partials * headDim, output += headDim)
        {
            switch (path)
            {
                case KernelPath.Avx512: Combine<Floats512>(partials, headDim, output); break;
                case KernelPath.Avx2: Combine<Floats256>(partials, headDim, output); break;
                case KernelPath.Vector128: Combine<Floats128>(partials, headDim, output); break;
                default: CombineScalar(partials, headDim, output, 0); break;
            }
        }
    }

    private static void Add(KernelPath path, float* values, int rows, int headDim, int position, float* weights, float* partials)
    {
        switch (path)
        {
            case KernelPath.Avx512: AddVectors<Floats512>(values, rows, headDim, position, weights, partials); break;
            case KernelPath.Avx2: AddVectors<Floats256>(values, rows, headDim, position, weights, partials); break;
            case KernelPath.Vector128: AddVectors<Floats128>(values, rows, headDim, position, weights, partials); break;
            default: AddScalar(values, rows, headDim, position, weights, partials); break;
        }
    }

    private static void AddScalar(float* values, int rows, int headDim, int position, float* weights, float* partials)
    {
        for (int t = 0; t < rows; t++, values += headDim)
        {
            float* sum = partials + (position + t) % Partials * headDim;
            for (int i = 0; i < headDim; i++) sum[i] += weights[t] * values[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddVectors<T>(float* values, int rows, int headDim, int position, float* weights, float* partials)
        where T : unmanaged, IFloats<T>
    {
        for (int t = 0; t < rows; t++, values += headDim)
        {
            float* sum = partials + (position + t) % Partials * headDim;
            T weight = T.Create(weights[t]);
            int i = 0;
            for (; i + 32 <= headDim; i += 32)
            {
                (T.Load(sum + i) + weight * T.Load(values + i)).Store(sum + i);
                (T.Load(sum + i + 16) + weight * T.Load(values + i + 16)).Store(sum + i + 16);
            }

            for (; i + 16 <= headDim; i += 16) (T.Load(sum + i) + weight * T.Load(values + i)).Store(sum + i);
            for (; i < headDim; i++) sum[i] += weights[t] * values[i];
        }
    }

    private static void CombineScalar(float* partials, int headDim, float* output, int from)
    {
        float* lanes = stackalloc float[Partials];
        for (int i = from; i < headDim; i++)
        {
            for (int l = 0; l < Partials; l++) lanes[l] = partials[l * headDim + i];
            for (int width = Partials / 2; width >= 4; width /= 2)
                for (int l = 0; l < width; l++) lanes[l] += lanes[l + width];
            output[i] = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Combine<T>(float* partials, int headDim, float* output)
        where T : unmanaged, IFloats<T>
    {
        int i = 0;
        for (; i + 16 <= headDim; i += 16)
        {
            float* lane = partials + i;
            T even = EveryFourth<T>(lane, headDim) + EveryFourth<T>(lane + headDim, headDim);
            T odd = EveryFourth<T>(lane + 2 * headDim, headDim) + EveryFourth<T>(lane + 3 * headDim, headDim);
            (even + odd).Store(output + i);
        }

        CombineScalar(partials, headDim, output, i);
    }

    // Every fourth of the partial sums from one on: l and l + 16, then l and l + 8, then l and l + 4.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T EveryFourth<T>(float* lane, int headDim)
        where T : unmanaged, IFloats<T>
    {
        long step = 4L * headDim;
        T first = (T.Load(lane) + T.Load(lane + 4 * step)) + (T.Load(lane + 2 * step) + T.Load(lane + 6 * step));
        T second = (T.Load(lane + step) + T.Load(lane + 5 * step)) + (T.Load(lane + 3 * step) + T.Load(lane + 7 * step));
        return first + second;
    }
}
