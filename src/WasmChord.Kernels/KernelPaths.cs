using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels;

/// <summary>Which paths this machine has.</summary>
internal static class KernelPaths
{
    /// <summary>The widest path that this process may use.</summary>
    internal static KernelPath Best { get; } = Available[^1];

    /// <summary>Every path that this process may use, narrowest first.</summary>
    internal static KernelPath[] Available
    {
        get
        {
            List<KernelPath> paths = [KernelPath.Scalar];
            if (Vector128.IsHardwareAccelerated) paths.Add(KernelPath.Vector128);
            if (Avx2.IsSupported) paths.Add(KernelPath.Avx2);
            if (Avx512BW.VL.IsSupported && Avx512DQ.VL.IsSupported) paths.Add(KernelPath.Avx512);
            return [.. paths];
        }
    }
}
