namespace WasmChord.Memory64.Tests;

public sealed class ProcessMemoryTests
{
    [Fact]
    public void Sample_RollupOfTheKernel_IsAnonymousAndSharedPages()
    {
        using TempFile file = new(0);
        File.WriteAllText(file.Path, "5609-7fff ---p 00000000 00:00 0    [rollup]\nRss:  1676 kB\nPss:   312 kB\nPss_Anon:            112 kB\nPss_File: 200 kB\nPss_Shmem:            16 kB\n");
        ProcessMemory sample = ProcessMemory.Sample(file.Path);
        Assert.Equal(new ProcessMemory(112 * 1024, 16 * 1024, true), sample);
        Assert.Equal(128 * 1024, sample.PrivateBytes);
    }

    [Theory]
    [InlineData("Rss: 1676 kB\n")]
    [InlineData("Pss_Anon: x kB\nPss_Shmem: 1 kB\n")]
    [InlineData("")]
    public void Sample_OlderKernel_IsTheWorkingSet(string text)
    {
        using TempFile file = new(0);
        File.WriteAllText(file.Path, text);
        ProcessMemory sample = ProcessMemory.Sample(file.Path);
        Assert.False(sample.IsExact);
        Assert.True(sample.PrivateBytes > 0);
    }

    [Fact]
    public void Sample_NoFile_IsTheWorkingSet()
    {
        Assert.False(ProcessMemory.Sample(Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():n}.absent")).IsExact);
    }

    [SkippableFact]
    public unsafe void Sample_MemoryTouched_ShowsUp()
    {
        Skip.IfNot(File.Exists("/proc/self/smaps_rollup"), "needs smaps_rollup");
        const int Bytes = 128 << 20;
        long before = ProcessMemory.Sample().PrivateBytes;
        byte* touched = (byte*)System.Runtime.InteropServices.NativeMemory.Alloc(Bytes);
        for (int i = 0; i < Bytes; i += 4096) touched[i] = 1;
        ProcessMemory after = ProcessMemory.Sample();
        System.Runtime.InteropServices.NativeMemory.Free(touched);
        Assert.True(after.IsExact);
        Assert.InRange(after.PrivateBytes - before, Bytes / 2, long.MaxValue);
    }
}
