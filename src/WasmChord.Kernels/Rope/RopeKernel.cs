using System.Runtime.CompilerServices;

namespace WasmChord.Kernels;

/// <summary>The rotation of heads: a scalar reference and its twins, of the same bits.</summary>
internal static unsafe class RopeKernel
{
    /// <summary>Turns heads by (pairs, 2) cosines and sines. The machine must have the path.</summary>
    internal static void Run(KernelPath path, RopePairing pairing, float* heads, int headCount, int headDim, float* cosSin, int pairs)
    {
        switch (path)
        {
            case KernelPath.Avx512: RunVectors<Floats512>(pairing, heads, headCount, headDim, cosSin, pairs); break;
            case KernelPath.Avx2: RunVectors<Floats256>(pairing, heads, headCount, headDim, cosSin, pairs); break;
            case KernelPath.Vector128: RunVectors<Floats128>(pairing, heads, headCount, headDim, cosSin, pairs); break;
            default: RunScalar(pairing, heads, headCount, headDim, cosSin, pairs, 0); break;
        }
    }

    private static void RunScalar(RopePairing pairing, float* heads, int headCount, int headDim, float* cosSin, int pairs, int firstPair)
    {
        (int stride, int distance) = pairing == RopePairing.Interleaved ? (2, 1) : (1, pairs);
        for (int h = 0; h < headCount; h++, heads += headDim)
        {
            for (int i = firstPair; i < pairs; i++)
            {
                float cos = cosSin[2 * i], sin = cosSin[2 * i + 1];
                float* first = heads + stride * i, second = first + distance;
                float a = *first, b = *second;
                *first = a * cos - b * sin;
                *second = a * sin + b * cos;
            }
        }
    }

    private static void RunVectors<T>(RopePairing pairing, float* heads, int headCount, int headDim, float* cosSin, int pairs)
        where T : unmanaged, IFloats<T>
    {
        int turned = pairing == RopePairing.Interleaved
            ? RunInterleaved<T>(heads, headCount, headDim, cosSin, pairs)
            : RunSplitHalf<T>(heads, headCount, headDim, cosSin, pairs);
        RunScalar(pairing, heads, headCount, headDim, cosSin, pairs, turned);
    }

    // Eight pairs of every head, then the next eight. A register holds a0 b0 a1 b1 …; times the cosines, plus the
    // neighbours b0 a0 b1 a1 … times the sines, negated for the even lanes. A product with −sin is the negative of that
    // with sin, and sums commute, so the bits are the scalar's.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int RunInterleaved<T>(float* heads, int headCount, int headDim, float* cosSin, int pairs)
        where T : unmanaged, IFloats<T>
    {
        float* cosines = stackalloc float[16], sines = stackalloc float[16];
        int pair = 0;
        for (; pair + 8 <= pairs; pair += 8)
        {
            for (int i = 0; i < 16; i += 2)
            {
                cosines[i] = cosines[i + 1] = cosSin[2 * pair + i];
                sines[i + 1] = cosSin[2 * pair + i + 1];
                sines[i] = -sines[i + 1];
            }

            T cos = T.Load(cosines), sin = T.Load(sines);
            float* values = heads + 2 * pair;
            for (int h = 0; h < headCount; h++, values += headDim)
            {
                T x = T.Load(values);
                (x * cos + T.SwapPairs(x) * sin).Store(values);
            }
        }

        return pair;
    }

    // Sixteen pairs of every head, then the next sixteen: first halves and second halves are registers each.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int RunSplitHalf<T>(float* heads, int headCount, int headDim, float* cosSin, int pairs)
        where T : unmanaged, IFloats<T>
    {
        float* cosines = stackalloc float[16], sines = stackalloc float[16];
        int pair = 0;
        for (; pair + 16 <= pairs; pair += 16)
        {
            for (int i = 0; i < 16; i++)
            {
                cosines[i] = cosSin[2 * (pair + i)];
                sines[i] = cosSin[2 * (pair + i) + 1];
            }

            T cos = T.Load(cosines), sin = T.Load(sines);
            float* first = heads + pair, second = first + pairs;
            for (int h = 0; h < headCount; h++, first += headDim, second += headDim)
            {
                T a = T.Load(first), b = T.Load(second);
                (a * cos - b * sin).Store(first);
                (a * sin + b * cos).Store(second);
            }
        }

        return pair;
    }
}
