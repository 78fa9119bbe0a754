using WasmChord.Bench.Compare;

namespace WasmChord.Bench.Tests;

public sealed class MemoryLimiterTests
{
    [Fact]
    public void Find_NoControlGroupsMounted_CannotLimit()
    {
        DirectoryInfo root = Directory.CreateTempSubdirectory("wasmchord-bench-");
        try
        {
            MemoryLimiter limiter = MemoryLimiter.Find(root: root.FullName);
            Assert.False(limiter.CanLimit);
            using IMemoryGroup group = limiter.Open(1 << 30);
            ProcessCommand command = new("a", ["b"]);
            Assert.Same(command, group.Enter(command));
            Assert.Null(group.PeakBytes);
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(2, "mnt/u/a/b", "mnt/u/a", "mnt/u")]
    [InlineData(1, "mnt/m/c", "mnt/m")]
    public void Candidates_MountsOfBothVersions_AreOwnGroupAndThoseAbove(int version, params string[] expected)
    {
        DirectoryInfo root = Directory.CreateTempSubdirectory("wasmchord-bench-");
        try
        {
            Directory.CreateDirectory(Path.Join(root.FullName, "proc/self"));
            File.WriteAllText(Path.Join(root.FullName, "proc/self/mountinfo"), """
                29 1 0:26 / /mnt/p rw,relatime shared:1 - cgroup cgroup rw,pids
                30 1 0:26 / /mnt/m rw,relatime shared:1 - cgroup cgroup rw,memory
                31 1 0:27 / /mnt/u rw,relatime - cgroup2 cgroup2 rw
                """);
            File.WriteAllText(Path.Join(root.FullName, "proc/self/cgroup"), "8:pids:/p\n4:memory:/c\n0::/a/b\n");
            ControlGroupFiles files = version == 2 ? ControlGroupFiles.Version2 : ControlGroupFiles.Version1;
            Assert.Equal(expected, ControlGroupPaths.Candidates(files, root.FullName).Select(p => Path.GetRelativePath(root.FullName, p)));
        }
        finally
        {
            root.Delete(recursive: true);
        }
    }

    [Fact]
    public void Wrapper_Limit_StandsInFrontOfTheCommand()
    {
        MemoryLimiter limiter = MemoryLimiter.Find("run -p Max={bytes} --");
        using IMemoryGroup group = limiter.Open(4096), free = limiter.Open(null);
        Assert.Equal("run -p Max=4096 -- a b", group.Enter(new ProcessCommand("a", ["b"])).ToString());
        Assert.Equal("a b", free.Enter(new ProcessCommand("a", ["b"])).ToString());
    }

    [SkippableFact]
    public async Task ControlGroup_ProcessOverItsLimit_IsKilledAndOneBelowIsCounted()
    {
        MemoryLimiter limiter = MemoryLimiter.Find();
        Skip.IfNot(limiter.CanLimit, limiter.Description);
        const long Limit = 32 << 20;
        Assert.Null((await RunAsync(limiter, Limit, 1 << 20)).Failure);
        ProcessOutcome below = await RunAsync(limiter, Limit, 8 << 20);
        Assert.Null(below.Failure);
        Assert.InRange(below.GroupPeakBytes!.Value, 8 << 20, Limit);
        // The substitution runs in a process of its own, so either of the two may be the one that is ended.
        ProcessOutcome above = await RunAsync(limiter, Limit, 256 << 20);
        Assert.True(above.Failure is not null || above.Output != $"{256 << 20}\n");
        Assert.InRange(above.GroupPeakBytes!.Value, 0, Limit);
    }

    private static async Task<ProcessOutcome> RunAsync(MemoryLimiter limiter, long limitBytes, int textBytes)
    {
        using IMemoryGroup group = limiter.Open(limitBytes);
        ProcessCommand command = new("/bin/sh", ["-c", $"x=$(head -c {textBytes} /dev/zero | tr '\\0' x); echo ${{#x}}"]);
        return await ProcessRunner.RunAsync(command, group, TimeSpan.FromSeconds(60), CancellationToken.None);
    }
}
