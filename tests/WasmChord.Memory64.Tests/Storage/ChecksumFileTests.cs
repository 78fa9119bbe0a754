namespace WasmChord.Memory64.Tests;

public sealed class ChecksumFileTests : IDisposable
{
    private readonly TempFile _model = new(1000);

    private string SidecarPath => ChecksumFile.PathFor(_model.Path);

    public void Dispose()
    {
        File.Delete(SidecarPath);
        _model.Dispose();
    }

    [Fact]
    public void Save_ThenLoad_GivesTheSameExtents()
    {
        new ChecksumFile(1000, [new ChecksumExtent(600, 400, ulong.MaxValue), new ChecksumExtent(0, 512, 0xAB)]).Save(SidecarPath);
        Assert.Equal("wasmchord-xxh3 1 1000 2\n0 512 00000000000000ab\n600 400 ffffffffffffffff\n", File.ReadAllText(SidecarPath));
        ChecksumFile loaded = ChecksumFile.Load(SidecarPath);
        Assert.Equal(1000, loaded.FileBytes);
        Assert.Equal([new ChecksumExtent(0, 512, 0xAB), new ChecksumExtent(600, 400, ulong.MaxValue)], loaded.Extents);
        Assert.True(loaded.TryGet(600, 400, out ulong checksum));
        Assert.Equal(ulong.MaxValue, checksum);
        Assert.False(loaded.TryGet(600, 399, out _));
        Assert.False(loaded.TryGet(512, 88, out _));
    }

    [Fact]
    public void Save_OverAnOldFile_ReplacesItAndLeavesNothingBehind()
    {
        File.WriteAllText(SidecarPath, "old");
        new ChecksumFile(1000, []).Save(SidecarPath);
        Assert.Empty(ChecksumFile.Load(SidecarPath).Extents);
        Assert.Equal([_model.Path, SidecarPath], Directory.GetFiles(Path.GetTempPath(), Path.GetFileName(_model.Path) + "*").Order());
    }

    [Fact]
    public void Save_IntoAMissingFolder_Throws()
    {
        Assert.ThrowsAny<IOException>(() => new ChecksumFile(0, []).Save(Path.Combine(_model.Path + ".absent", "x")));
    }

    [Theory]
    [InlineData("", "line 1")]
    [InlineData("wasmchord-xxh3 2 1000 0\n", "line 1")]
    [InlineData("other 1 1000 0\n", "line 1")]
    [InlineData("wasmchord-xxh3 1 -5 0\n", "line 1")]
    [InlineData("wasmchord-xxh3 1 1000\n", "line 1")]
    [InlineData("wasmchord-xxh3 1 1000 2\n0 10 0123456789abcdef\n", "expected 2 extents, got 1")]
    [InlineData("wasmchord-xxh3 1 1000 1\n0 10\n", "line 2")]
    [InlineData("wasmchord-xxh3 1 1000 1\nx 10 0123456789abcdef\n", "line 2")]
    [InlineData("wasmchord-xxh3 1 1000 1\n0 10 123456789abcdef\n", "line 2")]
    [InlineData("wasmchord-xxh3 1 1000 1\n0 10 0123456789abcdeg\n", "line 2")]
    [InlineData("wasmchord-xxh3 1 1000 1\n0 0 0123456789abcdef\n", "line 2")]
    [InlineData("wasmchord-xxh3 1 1000 1\n999 2 0123456789abcdef\n", "line 2")]
    [InlineData("wasmchord-xxh3 1 1000 2\n0 10 0123456789abcdef\n9 10 0123456789abcdef\n", "line 3")]
    [InlineData("wasmchord-xxh3 1 1000 1\n9223372036854775807 9223372036854775807 0123456789abcdef\n", "line 2")]
    public void Load_BrokenText_ThrowsWithTheLine(string text, string expected)
    {
        File.WriteAllText(SidecarPath, text);
        StorageException e = Assert.Throws<StorageException>(() => ChecksumFile.Load(SidecarPath));
        Assert.Equal(StorageError.BadChecksumFile, e.Error);
        Assert.Contains(expected, e.Message);
    }

    [Fact]
    public void Load_MissingFile_ThrowsCannotOpen()
    {
        Assert.Equal(StorageError.CannotOpen, Assert.Throws<StorageException>(() => ChecksumFile.Load(SidecarPath)).Error);
        Assert.Null(ChecksumFile.TryLoadBeside(_model.Path));
    }

    [Fact]
    public void TryLoadBeside_ModelOfAnotherLength_Throws()
    {
        new ChecksumFile(999, []).Save(SidecarPath);
        StorageException e = Assert.Throws<StorageException>(() => ChecksumFile.TryLoadBeside(_model.Path));
        Assert.Equal(StorageError.BadChecksumFile, e.Error);
        Assert.Contains("1000", e.Message);
        Assert.Contains("999", e.Message);
    }

    [Fact]
    public void Constructor_BadExtents_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new ChecksumFile(10, [new ChecksumExtent(0, 6, 0), new ChecksumExtent(5, 1, 0)]));
        Assert.Throws<ArgumentException>(() => new ChecksumFile(10, [new ChecksumExtent(5, 6, 0)]));
        Assert.Throws<ArgumentException>(() => new ChecksumFile(10, [new ChecksumExtent(-1, 1, 0)]));
        Assert.Throws<ArgumentException>(() => new ChecksumFile(10, [new ChecksumExtent(1, 0, 0)]));
    }

    [Fact]
    public void Table_SeveralFiles_LooksUpByFile()
    {
        new ChecksumFile(1000, [new ChecksumExtent(0, 1000, 42)]).Save(SidecarPath);
        using TempFile without = new(10);
        ChecksumTable table = ChecksumTable.LoadBeside([without.Path, _model.Path]);
        Assert.False(table.IsEmpty);
        Assert.True(table.TryGet(1, 0, 1000, out ulong checksum));
        Assert.Equal(42UL, checksum);
        Assert.False(table.TryGet(0, 0, 1000, out _));
        Assert.False(table.TryGet(2, 0, 1000, out _));
        Assert.False(table.TryGet(-1, 0, 1000, out _));
        Assert.True(new ChecksumTable([null, null]).IsEmpty);
    }
}
