using System.Runtime.CompilerServices;

namespace WasmChord.Kernels;

/// <summary>The gate of <see cref="GatedUnit.SiluMultiply"/>: a scalar reference and its twins, of the same bits.</summary>
internal static unsafe class SiluKernel
{
    /// <summary>y = gate / (1 + exp(−gate)) · up. The machine must have the path.</summary>
    internal static void Run(KernelPath path, float* gate, float* up, float* y, int count)
    {
        switch (path)
        {
            case KernelPath.Avx512: RunVectors<Floats512>(gate, up, y, count); break;
            case KernelPath.Avx2: RunVectors<Floats256>(gate, up, y, count); break;
            case KernelPath.Vector128: RunVectors<Floats128>(gate, up, y, count); break;
            default: RunScalar(gate, up, y, count); break;
        }
    }

    private static void RunScalar(float* gate, float* up, float* y, int count)
    {
        for (int i = 0; i < count; i++) y[i] = gate[i] / (1 + Exponential.Of(0 - gate[i])) * up[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunVectors<T>(float* gate, float* up, float* y, int count)
        where T : unmanaged, IFloats<T>
    {
        T one = T.Create(1), zero = T.Create(0);
        for (; count >= 16; count -= 16, gate += 16, up += 16, y += 16)
        {
            T gates = T.Load(gate);
            (gates / (one + Exponential.Of(zero - gates)) * T.Load(up)).Store(y);
        }

        RunScalar(gate, up, y, count);
    }
}
