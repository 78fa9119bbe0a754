using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WasmChord.Kernels.Tests.Dequantize;

public class KernelPathsTests
{
    [Fact]
    public void Available_ThisMachine_FollowsWhatTheRuntimeReports()
    {
        Assert.Contains(KernelPath.Scalar, KernelPaths.Available);
        Assert.Equal(Vector128.IsHardwareAccelerated, KernelPaths.Available.Contains(KernelPath.Vector128));
        Assert.Equal(Avx2.IsSupported, KernelPaths.Available.Contains(KernelPath.Avx2));
        Assert.Equal(Avx512BW.VL.IsSupported && Avx512DQ.VL.IsSupported,
            KernelPaths.Available.Contains(KernelPath.Avx512));
    }

    [Fact]
    public void Best_ThisMachine_IsTheWidest() => Assert.Equal(KernelPaths.Available.Max(), KernelPaths.Best);
}
