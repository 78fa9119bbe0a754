namespace WasmChord.Memory64.Tests;

public sealed class MemoryProbeTests
{
    private const string Unlimited1 = "9223372036854771712";
    private const string V1Mount = "34 30 0:31 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory\n";

    [Fact]
    public void Sample_NoGroupLimit_IsWhatTheKernelCallsAvailable()
    {
        using FakeMachine machine = new(1000, "0::/user\n");
        machine.Group2("sys/fs/cgroup/user", "max", 5, 0);
        MemoryReading reading = machine.Sample();
        Assert.Equal(1000 * 1024, reading.AvailableBytes);
        Assert.Equal("/proc/meminfo: MemAvailable 1000 kB", reading.DecidedBy);
    }

    [Fact]
    public void Sample_Version2Group_IsLimitLessUsageWithoutReclaimablePages()
    {
        using FakeMachine machine = new(1_000_000, "0::/a/b\n");
        machine.Group2("sys/fs/cgroup/a/b", "5000000", 3_000_000, 500_000);
        MemoryReading reading = machine.Sample();
        Assert.Equal(2_500_000, reading.AvailableBytes);
        Assert.Equal("/sys/fs/cgroup/a/b/memory.max: 5000000 bytes less 3000000 in use, of which 500000 are reclaimable file pages", reading.DecidedBy);
    }

    [Fact]
    public void Sample_Version2TightAncestor_Decides()
    {
        using FakeMachine machine = new(1_000_000, "0::/a/b/c\n");
        machine.Group2("sys/fs/cgroup/a/b/c", "max", 10, 0)
            .Group2("sys/fs/cgroup/a/b", "9000000", 1_000_000, 0)
            .Group2("sys/fs/cgroup/a", "4000000", 3_900_000, 0);
        MemoryReading reading = machine.Sample();
        Assert.Equal(100_000, reading.AvailableBytes);
        Assert.StartsWith("/sys/fs/cgroup/a/memory.max", reading.DecidedBy);
    }

    [Theory]
    [InlineData("max", 700_000)]
    [InlineData("5000000", 700_000)]
    [InlineData("900000", 600_000)]
    public void Sample_Version2HighLimit_CountsWhereItIsTighter(string max, long expected)
    {
        using FakeMachine machine = new(1_000_000, "0::/a\n");
        machine.Group2("sys/fs/cgroup/a", max, 300_000, 0, high: "1000000");
        Assert.Equal(expected, machine.Sample().AvailableBytes);
    }

    [Fact]
    public void Sample_GroupOverItsLimit_IsZero()
    {
        using FakeMachine machine = new(1_000_000, "0::/a\n");
        machine.Group2("sys/fs/cgroup/a", "1000", 2000, 100);
        Assert.Equal(0, machine.Sample().AvailableBytes);
    }

    [Fact]
    public void Sample_ContainerWithItsOwnRoot_ReadsTheMount()
    {
        using FakeMachine machine = new(1_000_000, "0::/\n");
        machine.Group2("sys/fs/cgroup", "2000000", 500_000, 0);
        Assert.Equal(1_500_000, machine.Sample().AvailableBytes);
    }

    [Fact]
    public void Sample_Version1Group_IsLimitLessUsageWithoutReclaimablePages()
    {
        using FakeMachine machine = new(1_000_000, "9:name=systemd:/\n4:cpu,memory:/app/x\n0::/\nnonsense\n");
        machine.Write("proc/self/mountinfo", "broken line\n40 30 0:37 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n" + V1Mount)
            .Group1("sys/fs/cgroup/memory/app/x", "5000000", 3_000_000, 500_000)
            .Group1("sys/fs/cgroup/memory/app", "9000000", 3_000_000, 500_000)
            .Group1("sys/fs/cgroup/memory", Unlimited1, 3_000_000, 0);
        MemoryReading reading = machine.Sample();
        Assert.Equal(2_500_000, reading.AvailableBytes);
        Assert.StartsWith("/sys/fs/cgroup/memory/app/x/memory.limit_in_bytes: 5000000", reading.DecidedBy);
    }

    [Fact]
    public void Sample_Version1Unlimited_IsWhatTheKernelCallsAvailable()
    {
        using FakeMachine machine = new(77, "4:memory:/\n");
        machine.Group1("sys/fs/cgroup/memory", Unlimited1, 3_000_000, 0);
        Assert.Equal(77 * 1024, machine.Sample().AvailableBytes);
    }

    [Theory]
    [InlineData("/docker/abc", "")]
    [InlineData("/docker/abc/inner", "/inner")]
    [InlineData("/elsewhere", "")]
    [InlineData("/docker/abcdef", "")]
    public void Sample_MountOfASubtree_IsReadRelativeToIt(string group, string below)
    {
        using FakeMachine machine = new(1_000_000, $"4:memory:{group}\n");
        machine.Write("proc/self/mountinfo", "34 30 0:31 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n")
            .Group1($"sys/fs/cgroup/memory{below}", "3000000", 1_000_000, 0);
        Assert.Equal(2_000_000, machine.Sample().AvailableBytes);
    }

    [Fact]
    public void Sample_LimitWithoutUsage_IsIgnored()
    {
        using FakeMachine machine = new(500, "0::/a\n");
        machine.Write("sys/fs/cgroup/a/memory.max", "10\n");
        Assert.Equal(500 * 1024, machine.Sample().AvailableBytes);
    }

    [Fact]
    public void Sample_NoLinuxAtAll_AsksTheCollector()
    {
        using FakeMachine machine = new();
        MemoryReading reading = machine.Sample();
        Assert.StartsWith("the garbage collector", reading.DecidedBy);
        Assert.True(reading.AvailableBytes >= 0);
    }

    [Fact]
    public void Sample_OfAProbeThatIsKept_FollowsLimitsAndGroups()
    {
        using FakeMachine machine = new(1_000_000, "0::/a\n");
        machine.Group2("sys/fs/cgroup/a", "5000000", 3_000_000, 500_000).Group2("sys/fs/cgroup/b", "900000", 100_000, 0);
        MemoryProbe probe = machine.Probe;
        Assert.Equal(2_500_000, probe.Sample().AvailableBytes);
        machine.Write("sys/fs/cgroup/a/memory.max", "4000000\n");
        Assert.Equal(1_500_000, probe.Sample().AvailableBytes);
        machine.Write("proc/self/cgroup", "0::/b\n");
        Assert.Equal(800_000, probe.Sample().AvailableBytes);
        machine.Write("proc/meminfo", "MemAvailable: 5 kB\n");
        Assert.Equal(5 * 1024, probe.Sample().AvailableBytes);
    }

    [Fact]
    public void Sample_OfAProbeThatIsKept_AllocatesLessThanItReads()
    {
        using FakeMachine machine = new(1_000_000, "0::/a\n");
        machine.Group2("sys/fs/cgroup/a", "5000000", 3_000_000, 500_000).Write("proc/pressure/memory", "some avg10=3.25 avg60=0.00\n");
        string mounts = string.Concat(Enumerable.Range(0, 500).Select(i => $"{i} 30 0:31 / /mnt/{i} rw,relatime shared:9 - ext4 /dev/sd{i} rw\n"));
        machine.Write("proc/self/mountinfo", mounts + "40 30 0:37 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        MemoryProbe probe = machine.Probe;
        for (int i = 0; i < 3; i++) Assert.Equal((2_500_000, 3.25), (probe.Sample().AvailableBytes, probe.SamplePressure()));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++)
        {
            probe.Sample();
            probe.SamplePressure();
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 10, 0, 4096);
    }

    [Fact]
    public void Sample_ThisMachine_IsPositive()
    {
        MemoryReading reading = new MemoryProbe().Sample();
        Assert.True(reading.AvailableBytes > 0, reading.DecidedBy);
    }

    [Theory]
    [InlineData("some avg10=3.25 avg60=0.00 avg300=0.00 total=11\nfull avg10=99.00 avg60=0.00 avg300=0.00 total=7\n", 3.25)]
    [InlineData("some avg60=1\n", null)]
    [InlineData("", null)]
    [InlineData("some avg10=many\n", null)]
    public void SamplePressure_KernelsFile_TellsThePartOfTimeThatSomeWaited(string text, double? expected)
    {
        using FakeMachine machine = new();
        machine.Write("proc/pressure/memory", text);
        Assert.Equal(expected, machine.Probe.SamplePressure());
    }
}
