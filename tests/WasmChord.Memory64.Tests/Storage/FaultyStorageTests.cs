namespace WasmChord.Memory64.Tests;

public sealed class FaultyStorageTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly TempFile _file = new(30_000);
    private readonly FaultyStorage _storage;
    private readonly CanaryBuffer _buffer = new(30_000);

    public FaultyStorageTests() => _storage = new FaultyStorage(BufferedStorage.Open(_file.Path, StorageOptions.Default));

    public void Dispose()
    {
        _storage.Dispose();
        _buffer.Dispose();
        _file.Dispose();
    }

    [Fact]
    public void Read_EmptyScript_IsTheInnerStorage()
    {
        _buffer.ReadAndCompare(_storage, _file.Content, 3, 20_000, 0);
        _storage.EnsureUnchanged();
        Assert.Equal(_file.Path, _storage.Name);
        Assert.Equal(30_000, _storage.Length);
        Assert.Equal(StorageMode.Buffered, _storage.Mode);
        Assert.Equal(_storage.Identity, _storage.Stat());
        Assert.Equal(0, _storage.BufferBytes + _storage.MaxBufferBytes);
        Assert.Equal(1, _storage.Script.ReadCount);
        Assert.Equal(20_000, _storage.Script.ReadBytes);
    }

    [Fact]
    public void FailReads_TwiceInAnExtent_FailsThereTwice()
    {
        StorageFault fault = _storage.Script.FailReads(times: 2, offset: 100, byteLength: 50, errno: 5);
        _buffer.ReadAndCompare(_storage, _file.Content, 0, 100, 0);
        _buffer.ReadAndCompare(_storage, _file.Content, 150, 100, 0);
        for (int i = 0; i < 2; i++)
        {
            StorageException e = _buffer.ReadAndFail(_storage, 149, 10);
            Assert.Equal((StorageError.Io, 5, 149L), (e.Error, e.Errno, e.Offset));
        }
        _buffer.ReadAndCompare(_storage, _file.Content, 149, 10, 0);
        Assert.Equal(2, fault.HitCount);
    }

    [Fact]
    public void Fault_Lifted_StrikesNoMore()
    {
        using (_storage.Script.FailReads()) _buffer.ReadAndFail(_storage, 0, 1);
        _buffer.ReadAndCompare(_storage, _file.Content, 0, 1, 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(999)]
    public void ShortenReads_FewerBytes_DeliversThemAndEnds(int delivered)
    {
        _storage.Script.ShortenReads(delivered, times: 1);
        StorageException e = _buffer.ReadAndFail(_storage, 10, 1000);
        Assert.Equal(StorageError.EndOfFile, e.Error);
        Assert.Contains($"the end of the file at {10 + delivered}", e.Message);
        _buffer.ReadAndCompare(_storage, _file.Content, 10, 1000, 0);
    }

    [Fact]
    public unsafe void FlipBit_ReadOfThatByte_HasOneBitFlipped()
    {
        StorageFault fault = _storage.Script.FlipBit(1000, bit: 7);
        byte[] read = new byte[100];
        fixed (byte* p = read) _storage.Read(950, p, 100);
        Assert.Equal(_file.Content[1000] ^ 0x80, read[50]);
        read[50] ^= 0x80;
        Assert.True(_file.Content.AsSpan(950, 100).SequenceEqual(read));
        _buffer.ReadAndCompare(_storage, _file.Content, 1001, 100, 0);
        Assert.Equal(1, fault.HitCount);
    }

    [Fact]
    public void Truncate_Shorter_EndsThereAndCountsAsChanged()
    {
        _storage.Script.Truncate(20_000);
        _buffer.ReadAndCompare(_storage, _file.Content, 0, 20_000, 0);
        Assert.Equal(StorageError.EndOfFile, _buffer.ReadAndFail(_storage, 19_999, 2).Error);
        Assert.Equal(StorageError.EndOfFile, _buffer.ReadAndFail(_storage, 25_000, 2).Error);
        Assert.Equal(20_000, _storage.Stat().Length);
        Assert.Equal(StorageError.Changed, Assert.Throws<StorageException>(_storage.EnsureUnchanged).Error);
        _storage.Script.Clear();
        _storage.EnsureUnchanged();
    }

    [Fact]
    public void Replace_OtherIdentity_CountsAsChanged()
    {
        _storage.Script.Replace(_storage.Identity with { Inode = 1, ModifiedNanoseconds = 77 });
        StorageException e = Assert.Throws<StorageException>(_storage.EnsureUnchanged);
        Assert.Equal(StorageError.Changed, e.Error);
        Assert.Contains("77 ns", e.Message);
    }

    [Fact]
    public async Task Hold_SeveralReaders_AreInsideAtOnce()
    {
        StorageGate gate = _storage.Script.Hold();
        Task[] readers = [.. Enumerable.Range(0, 4).Select(i => ReadOnOwnThread(i * 100, 100))];
        Assert.True(gate.WaitForInside(4, s_patience));
        Assert.Equal(4, gate.InsideCount);
        Assert.All(readers, r => Assert.False(r.IsCompleted));
        gate.Open();
        await Task.WhenAll(readers);
        Assert.Equal((0, 4), (gate.InsideCount, gate.PeakCount));
        _buffer.ReadAndCompare(_storage, _file.Content, 0, 100, 0);
        Assert.Equal(4, gate.PeakCount);
    }

    [Fact]
    public void WaitForInside_NobodyComes_IsFalse()
    {
        Assert.False(_storage.Script.Hold().WaitForInside(1, TimeSpan.FromMilliseconds(1)));
    }

    [Fact]
    public async Task Clear_HeldReads_GoOn()
    {
        StorageGate gate = _storage.Script.Hold(offset: 0, byteLength: 10);
        Task reader = ReadOnOwnThread(0, 10);
        Assert.True(gate.WaitForInside(1, s_patience));
        _storage.Script.Clear();
        await reader;
        Assert.Equal(0, gate.InsideCount);
    }

    [Fact]
    public void DelayReads_Once_DeliversAfterwards()
    {
        StorageFault fault = _storage.Script.DelayReads(TimeSpan.FromMilliseconds(2), times: 1);
        _buffer.ReadAndCompare(_storage, _file.Content, 0, 10, 0);
        Assert.Equal(1, fault.HitCount);
    }

    [Fact]
    public async Task DelayReads_Lifted_EndsTheWait()
    {
        StorageFault fault = _storage.Script.DelayReads(TimeSpan.FromDays(1));
        Task reader = ReadOnOwnThread(0, 10);
        Assert.True(SpinWait.SpinUntil(() => fault.HitCount == 1, s_patience));
        fault.Dispose();
        await reader;
    }

    [Fact]
    public void Script_ArgumentsOutOfRange_AreRefused()
    {
        FaultScript script = _storage.Script;
        Assert.Throws<ArgumentOutOfRangeException>(() => script.FailReads(times: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => script.FailReads(offset: -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => script.FailReads(byteLength: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => script.FlipBit(0, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => script.ShortenReads(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => script.DelayReads(TimeSpan.FromTicks(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => script.Truncate(-1));
    }

    [Fact]
    public void Dispose_SharedScript_LeavesItAlone()
    {
        FaultScript script = new();
        script.Truncate(5);
        new FaultyStorage(BufferedStorage.Open(_file.Path, StorageOptions.Default), script).Dispose();
        using FaultyStorage second = new(BufferedStorage.Open(_file.Path, StorageOptions.Default), script);
        Assert.Equal(5, second.Stat().Length);
    }

    private unsafe Task ReadOnOwnThread(long offset, int length) => Task.Factory.StartNew(
        () =>
        {
            byte[] read = new byte[length];
            fixed (byte* p = read) _storage.Read(offset, p, length);
            Assert.True(_file.Content.AsSpan((int)offset, length).SequenceEqual(read));
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);
}
