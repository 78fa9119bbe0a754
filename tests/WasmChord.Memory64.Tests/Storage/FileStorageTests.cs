namespace WasmChord.Memory64.Tests;

public sealed unsafe class FileStorageTests
{
    public static TheoryData<StorageMode, int, int> Files()
    {
        TheoryData<StorageMode, int, int> data = [];
        foreach (StorageMode mode in new[] { StorageMode.Buffered, StorageMode.Direct })
            foreach (int request in new[] { 4096, 8192, 4 << 20 })
                foreach (int length in new[] { 1, 511, 4095, 4096, 4097, 12288, 20001 })
                    data.Add(mode, request, length);
        return data;
    }

    [SkippableTheory]
    [MemberData(nameof(Files))]
    public void Read_AnyExtentAroundPageBoundaries_DeliversItAndTouchesNothingElse(StorageMode mode, int requestBytes, int fileBytes)
    {
        using TempFile file = new(fileBytes);
        using IStorage storage = file.Open(mode, requestBytes);
        using CanaryBuffer buffer = new(fileBytes);
        byte[] content = File.ReadAllBytes(file.Path);
        int[] edges = [0, 1, 2, 511, 512, 4094, 4095, 4096, 4097, 8191, 8192, 8193, 12287, 12288, 16385, 20000, 20001];
        foreach (int from in edges.Where(e => e <= fileBytes))
            foreach (int to in edges.Append(fileBytes).Where(e => e >= from && e <= fileBytes))
                foreach (int skew in new[] { 0, 1, 64, 4095 })
                    buffer.ReadAndCompare(storage, content, from, to - from, skew);
    }

    [SkippableTheory]
    [InlineData(StorageMode.Buffered)]
    [InlineData(StorageMode.Direct)]
    public void Read_RandomExtentsOfALargerFile_DeliversThem(StorageMode mode)
    {
        using TempFile file = new((5 << 20) + 777);
        using IStorage storage = file.Open(mode, 1 << 20);
        using CanaryBuffer buffer = new(file.Content.Length);
        Random random = new(17);
        for (int i = 0; i < 60; i++)
        {
            int from = random.Next(file.Content.Length), length = random.Next(file.Content.Length - from + 1);
            buffer.ReadAndCompare(storage, file.Content, from, length, i % 3 == 0 ? random.Next(4096) : 0);
        }
    }

    [SkippableTheory]
    [InlineData(StorageMode.Buffered, 0)]
    [InlineData(StorageMode.Direct, 0)]
    [InlineData(StorageMode.Direct, 13)]
    public void Read_ManyThreadsIntoNeighbours_DeliversEveryByte(StorageMode mode, int skew)
    {
        using TempFile file = new(3_000_017);
        using IStorage storage = file.Open(mode, 64 << 10);
        using CanaryBuffer buffer = new(file.Content.Length);
        using ScatteringStorage scattered = new(storage, 37_123);
        buffer.ReadAndCompare(scattered, file.Content, 5, file.Content.Length - 5, skew);
        Assert.InRange(storage.BufferBytes, 0, storage.MaxBufferBytes);
        Assert.Equal(mode == StorageMode.Direct, storage.BufferBytes > 0);
    }

    [SkippableTheory]
    [InlineData(StorageMode.Buffered, 0)]
    [InlineData(StorageMode.Direct, 0)]
    [InlineData(StorageMode.Direct, 1)]
    public void Read_PastTheEnd_ThrowsEndOfFile(StorageMode mode, int skew)
    {
        using TempFile file = new(10_000);
        using IStorage storage = file.Open(mode, 4096);
        using CanaryBuffer buffer = new(40_000);
        foreach ((long offset, int length) in new (long, int)[] { (0, 10_001), (9_999, 2), (8_192, 4_096), (10_000, 1), (12_288, 4_096), (1L << 40, 1), (4_000, 30_000) })
        {
            StorageException e = buffer.ReadAndFail(storage, offset, length, skew);
            Assert.Equal(StorageError.EndOfFile, e.Error);
            Assert.Equal(offset, e.Offset);
            Assert.False(e.IsTransient);
            Assert.Contains(file.Path, e.Message);
            Assert.Contains($"offset {offset}: expected {length} bytes", e.Message);
        }
    }

    [SkippableTheory]
    [InlineData(StorageMode.Buffered)]
    [InlineData(StorageMode.Direct)]
    public void Read_TruncatedFile_FailsBeyondAndDeliversBefore(StorageMode mode)
    {
        using TempFile file = new(1 << 20);
        using IStorage storage = file.Open(mode);
        using CanaryBuffer buffer = new(1 << 20);
        file.Truncate(500_000);
        Assert.Equal(StorageError.EndOfFile, buffer.ReadAndFail(storage, 0, 1 << 20).Error);
        buffer.ReadAndCompare(storage, file.Content, 0, 500_000, 0);
        Assert.Equal(1 << 20, storage.Length);
    }

    [SkippableTheory]
    [InlineData(StorageMode.Buffered)]
    [InlineData(StorageMode.Direct)]
    public void Read_FileTruncatedMeanwhile_IsRightOrEndOfFile(StorageMode mode)
    {
        const int Length = 8 << 20;
        using TempFile file = new(Length);
        using IStorage storage = file.Open(mode, 64 << 10);
        using CanaryBuffer buffer = new(Length);
        Exception? failure = null;
        int reads = 0;
        using ManualResetEventSlim started = new();
        Thread reader = new(() =>
        {
            try
            {
                while (true)
                {
                    buffer.ReadAndCompare(storage, file.Content, 0, Length, 0);
                    reads++;
                    started.Set();
                }
            }
            catch (Exception e)
            {
                failure = e;
                started.Set();
            }
        });
        reader.Start();
        started.Wait();
        file.Truncate(Length / 2);
        reader.Join();
        Assert.True(reads > 0);
        Assert.Equal(StorageError.EndOfFile, Assert.IsType<StorageException>(failure).Error);
    }

    [SkippableTheory]
    [InlineData(StorageMode.Buffered)]
    [InlineData(StorageMode.Direct)]
    public void Read_AddressThatIsNotMapped_ThrowsIoError(StorageMode mode)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "the kernel reports it, elsewhere the process may end");
        using TempFile file = new(8192);
        using IStorage storage = file.Open(mode);
        StorageException e = Assert.Throws<StorageException>(() => storage.Read(0, (byte*)4096, 4096));
        Assert.Equal(StorageError.Io, e.Error);
        Assert.True(e.IsTransient);
        if (mode == StorageMode.Direct) Assert.Equal(14, e.Errno);
    }

    [SkippableTheory]
    [InlineData(StorageMode.Buffered)]
    [InlineData(StorageMode.Direct)]
    public void Read_ClosedStorage_ThrowsClosed(StorageMode mode)
    {
        using TempFile file = new(8192);
        IStorage storage = file.Open(mode);
        using CanaryBuffer buffer = new(4096);
        buffer.ReadAndCompare(storage, file.Content, 0, 4096, 1);
        storage.Dispose();
        storage.Dispose();
        Assert.Equal(StorageError.Closed, buffer.ReadAndFail(storage, 0, 4096).Error);
        Assert.Equal(StorageError.Closed, Assert.Throws<StorageException>(() => storage.Stat()).Error);
        Assert.Equal(0, storage.BufferBytes);
    }

    [SkippableTheory]
    [InlineData(StorageMode.Buffered)]
    [InlineData(StorageMode.Direct)]
    public void Read_NegativeOffsetOrLength_IsRefused(StorageMode mode)
    {
        using TempFile file = new(100);
        using IStorage storage = file.Open(mode);
        byte b;
        byte* p = &b;
        Assert.Throws<ArgumentOutOfRangeException>(() => storage.Read(-1, p, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => storage.Read(0, p, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => storage.Read(2, p, long.MaxValue));
    }

    [SkippableTheory]
    [InlineData(StorageMode.Buffered)]
    [InlineData(StorageMode.Direct)]
    public void EnsureUnchanged_FileWrittenInPlace_ThrowsChangedWithBothIdentities(StorageMode mode)
    {
        using TempFile file = new(9000);
        File.SetLastWriteTimeUtc(file.Path, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        using IStorage storage = file.Open(mode);
        storage.EnsureUnchanged();
        Assert.Equal(storage.Identity, storage.Stat());
        Assert.Equal(1_577_836_800_000_000_000, storage.Identity.ModifiedNanoseconds);
        Assert.Equal(9000, storage.Identity.Length);
        File.SetLastWriteTimeUtc(file.Path, new DateTime(2021, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        StorageException e = Assert.Throws<StorageException>(storage.EnsureUnchanged);
        Assert.Equal(StorageError.Changed, e.Error);
        Assert.Contains("1577836800000000000", e.Message);
        Assert.Contains("1609459200000000000", e.Message);
        file.Truncate(8000);
        Assert.Contains("8000 bytes", Assert.Throws<StorageException>(storage.EnsureUnchanged).Message);
    }

    [Fact]
    public void PortableStatus_OpenFile_AgreesWithTheKernels()
    {
        using TempFile file = new(1234);
        File.SetLastWriteTimeUtc(file.Path, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        using IStorage storage = file.Open(StorageMode.Buffered);
        using Microsoft.Win32.SafeHandles.SafeFileHandle handle = File.OpenHandle(file.Path);
        StorageIdentity portable = FileStorage.PortableStatusOf(handle, file.Path).Identity;
        Assert.Equal(storage.Identity with { Inode = 0, Device = 0 }, portable);
        Assert.Equal(Posix.IsSupported, storage.Identity.Inode != 0);
    }

    [SkippableFact]
    public void Read_DeviceWithoutBytes_ThrowsEndOfFile()
    {
        Skip.IfNot(File.Exists("/dev/null"), "needs a character device");
        using IStorage storage = BufferedStorage.Open("/dev/null", StorageOptions.Default);
        using CanaryBuffer buffer = new(10);
        Assert.Equal(StorageError.EndOfFile, buffer.ReadAndFail(storage, 0, 10).Error);
    }

    [SkippableTheory]
    [InlineData(StorageMode.Buffered)]
    [InlineData(StorageMode.Direct)]
    public void Read_FileReplacedByRename_KeepsServingTheOpenedOne(StorageMode mode)
    {
        using TempFile file = new(50_000);
        using TempFile other = new(40_000);
        using IStorage storage = file.Open(mode);
        using CanaryBuffer buffer = new(50_000);
        File.Move(other.Path, file.Path, overwrite: true);
        storage.EnsureUnchanged();
        buffer.ReadAndCompare(storage, file.Content, 0, 50_000, 0);
        using IStorage reopened = file.Open(mode);
        Assert.NotEqual(storage.Identity, reopened.Identity);
        buffer.ReadAndCompare(reopened, other.Content, 0, 40_000, 0);
    }

    [SkippableTheory]
    [InlineData(StorageMode.Buffered)]
    [InlineData(StorageMode.Direct)]
    public void Read_WarmStorage_AllocatesNothing(StorageMode mode)
    {
        using TempFile file = new(100_000);
        using IStorage storage = file.Open(mode);
        byte[] pinned = GC.AllocateUninitializedArray<byte>(100_000, pinned: true);
        fixed (byte* p = pinned)
        {
            storage.Read(1, p, 99_999);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 20; i++) storage.Read(i, p, 99_000);
            Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        }
    }
}
