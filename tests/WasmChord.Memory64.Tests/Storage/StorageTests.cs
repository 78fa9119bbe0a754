namespace WasmChord.Memory64.Tests;

public sealed class StorageTests
{
    [Fact]
    public void Open_Buffered_IsBuffered()
    {
        using TempFile file = new(1000);
        using IStorage storage = Storage.Open(file.Path, new StorageOptions(StorageMode.Buffered, KeepPageCache: true), out string decision);
        Assert.Equal(StorageMode.Buffered, storage.Mode);
        Assert.Equal("buffered: as set", decision);
        Assert.Equal(file.Path, storage.Name);
        Assert.Equal(1000, storage.Length);
    }

    [Fact]
    public void Open_AutoTinyFile_IsBufferedWithoutProbe()
    {
        using TempFile file = new(1000);
        using IStorage storage = Storage.Open(file.Path, StorageOptions.Default, out string decision);
        Assert.Equal(StorageMode.Buffered, storage.Mode);
        Assert.Equal("buffered: 1000 bytes are too few to probe", decision);
    }

    [Fact]
    public void Open_AutoLargeFile_DecidesByProbe()
    {
        using TempFile file = new(0);
        file.Truncate(StorageProbe.SmallestProbedBytes + 4097);
        using IStorage storage = Storage.Open(file.Path, StorageOptions.Default, out string decision);
        Assert.StartsWith(storage.Mode == StorageMode.Direct ? "direct: a probe of " : "buffered: ", decision);
        using CanaryBuffer buffer = new(100_000);
        buffer.ReadAndCompare(storage, new byte[100_000], 0, 100_000, 0);
    }

    [SkippableTheory]
    [InlineData(2e9, 1e9, StorageMode.Direct)]
    [InlineData(1e9, 2e9, StorageMode.Buffered)]
    public void Open_FileThatAnEarlierRunMeasured_IsReadAsThatSays(double direct, double buffered, StorageMode choice)
    {
        using TempFile file = new(0);
        file.Truncate(StorageProbe.SmallestProbedBytes + 4097);
        StorageIdentity identity;
        using (IStorage first = Storage.Open(file.Path, StorageOptions.Default, null, out string without, out StorageMeasure? measured))
        {
            Skip.If(measured is null, without);
            Assert.Equal(first.Mode, measured.Value.Choice);
            identity = first.Identity;
        }

        RememberedStorage remembered = new(identity, new StorageMeasure(direct, buffered));
        using (IStorage known = Storage.Open(file.Path, StorageOptions.Default, remembered, out string decision, out StorageMeasure? measure))
        {
            Assert.Equal((choice, remembered.Measure), (known.Mode, measure));
            Assert.Contains("an earlier run measured", decision);
        }

        RememberedStorage ofAnother = remembered with { Identity = identity with { Inode = identity.Inode + 1 } };
        using IStorage other = Storage.Open(file.Path, StorageOptions.Default, ofAnother, out string probed, out StorageMeasure? anew);
        Assert.DoesNotContain("an earlier run", probed);
        Assert.NotEqual(remembered.Measure, anew);
    }

    [Fact]
    public void Open_SmallFileOrModeThatIsSet_IsNotMeasured()
    {
        using TempFile file = new(1000);
        RememberedStorage remembered = new(BufferedIdentity(file), new StorageMeasure(2e9, 1e9));
        foreach (StorageMode mode in new[] { StorageMode.Auto, StorageMode.Buffered, StorageMode.Direct })
        {
            using IStorage storage = Storage.Open(file.Path, new StorageOptions(mode), remembered, out string decision, out StorageMeasure? measure);
            Assert.Null(measure);
            Assert.DoesNotContain("an earlier run", decision);
        }
    }

    private static StorageIdentity BufferedIdentity(TempFile file)
    {
        using IStorage storage = file.Open(StorageMode.Buffered);
        return storage.Identity;
    }

    [Fact]
    public void Open_Direct_IsDirectOrSaysWhyNot()
    {
        using TempFile file = new(100_000);
        using IStorage storage = Storage.Open(file.Path, new StorageOptions(StorageMode.Direct), out string decision);
        if (storage.Mode == StorageMode.Direct)
        {
            Assert.Equal("direct: as set", decision);
            Assert.True(((DirectStorage)storage).Alignment >= 4096);
        }
        else
        {
            Assert.StartsWith("buffered: the ", decision);
        }
        using CanaryBuffer buffer = new(100_000);
        buffer.ReadAndCompare(storage, file.Content, 1, 99_999, 0);
    }

    [SkippableFact]
    public void Open_DirectWhereTheFileSystemRefuses_FallsBackAndSaysSo()
    {
        Skip.IfNot(Posix.IsSupported && File.Exists("/proc/version"), "needs a file of /proc");
        using IStorage storage = Storage.Open("/proc/version", new StorageOptions(StorageMode.Direct), out string decision);
        Assert.Equal(StorageMode.Buffered, storage.Mode);
        Assert.Equal("buffered: the file system refuses O_DIRECT", decision);
        using CanaryBuffer buffer = new(20);
        buffer.ReadAndCompare(storage, File.ReadAllBytes("/proc/version"), 0, 20, 0);
    }

    [SkippableFact]
    public void Open_DirectInMemoryFileSystem_ReadsEitherWay()
    {
        Skip.IfNot(Directory.Exists("/dev/shm"), "needs /dev/shm");
        using TempFile file = new(70_001, "/dev/shm");
        using IStorage storage = Storage.Open(file.Path, new StorageOptions(StorageMode.Direct), out string decision);
        Assert.StartsWith(storage.Mode == StorageMode.Direct ? "direct: as set" : "buffered: ", decision);
        using CanaryBuffer buffer = new(70_001);
        buffer.ReadAndCompare(storage, file.Content, 0, 70_001, 0);
        buffer.ReadAndCompare(storage, file.Content, 4_095, 60_000, 5);
    }

    [Theory]
    [InlineData(StorageMode.Auto)]
    [InlineData(StorageMode.Buffered)]
    [InlineData(StorageMode.Direct)]
    public void Open_MissingFile_ThrowsCannotOpen(StorageMode mode)
    {
        string path = Path.Combine(Path.GetTempPath(), $"wasmchord-{Guid.NewGuid():n}.absent");
        StorageException e = Assert.Throws<StorageException>(() => Storage.Open(path, new StorageOptions(mode), out _));
        Assert.Equal(StorageError.CannotOpen, e.Error);
        Assert.Equal(path, e.File);
        Assert.Equal(-1, e.Offset);
        Assert.NotNull(e.InnerException);
    }

    [SkippableFact]
    public void TryOpen_MissingFile_ThrowsCannotOpenWithErrno()
    {
        Skip.IfNot(Posix.IsSupported, "needs direct reads");
        string path = Path.Combine(Path.GetTempPath(), $"wasmchord-{Guid.NewGuid():n}.absent");
        StorageException e = Assert.Throws<StorageException>(() => DirectStorage.TryOpen(path, StorageOptions.Default, out _, out _));
        Assert.Equal(StorageError.CannotOpen, e.Error);
        Assert.Equal(2, e.Errno);
    }

    [Fact]
    public void Open_Folder_ThrowsCannotOpen()
    {
        StorageException e = Assert.Throws<StorageException>(() => Storage.Open(Path.GetTempPath(), new StorageOptions(StorageMode.Direct), out _));
        Assert.Equal(StorageError.CannotOpen, e.Error);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-4096)]
    [InlineData(4095)]
    [InlineData(4097)]
    [InlineData(StorageOptions.MaxRequestBytes + 4096)]
    public void Options_RequestBytesOutOfRange_AreRefused(int requestBytes)
    {
        Assert.Throws<ArgumentOutOfRangeException>(new StorageOptions(RequestBytes: requestBytes).Validate);
    }

    [Fact]
    public void Options_UnknownMode_IsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(new StorageOptions((StorageMode)7).Validate);
    }

    [Theory]
    [InlineData(3.5e9, 2e9, StorageMode.Direct)]
    [InlineData(2e9, 2e9, StorageMode.Direct)]
    [InlineData(2e9, 2.4e9, StorageMode.Direct)]
    [InlineData(2e9, 2.6e9, StorageMode.Buffered)]
    [InlineData(3e9, 12e9, StorageMode.Buffered)]
    public void Probe_Rates_ChooseBufferedOnlyWhenClearlyFaster(double direct, double buffered, StorageMode choice)
    {
        StorageProbe probe = new(direct, buffered, 32 << 20);
        Assert.Equal(choice, probe.Choice);
        Assert.StartsWith($"{(choice == StorageMode.Direct ? "direct" : "buffered")}: a probe of 32 MiB read ", probe.ToString());
    }

    [Fact]
    public void Probe_DirectReadFails_ChoosesBufferedAndSaysWhy()
    {
        using TempFile file = new(0);
        file.Truncate(StorageProbe.SmallestProbedBytes);
        using BufferedStorage buffered = BufferedStorage.Open(file.Path, StorageOptions.Default);
        using FaultyStorage failing = new(BufferedStorage.Open(file.Path, StorageOptions.Default));
        failing.Script.FailReads(times: 1, errno: 22);
        StorageProbe probe = StorageProbe.Measure(failing, buffered);
        Assert.Equal(StorageMode.Buffered, probe.Choice);
        Assert.Contains("a direct read failed", probe.ToString());
        Assert.Contains("error 22", probe.ToString());
    }
}
