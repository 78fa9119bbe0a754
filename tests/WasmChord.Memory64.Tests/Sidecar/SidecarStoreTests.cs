namespace WasmChord.Memory64.Tests;

public sealed class SidecarStoreTests : IDisposable
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"wasmchord-sidecars-{Guid.NewGuid():n}");

    private SidecarStore Store => new(_folder);

    [Fact]
    public void Load_WhatWasSaved_IsTheSame()
    {
        ModelSidecar saved = SidecarSamples.Create();
        long bytes = Store.Save("/models/a.gguf", saved);
        Assert.Equal(bytes, new FileInfo(Store.PathFor("/models/a.gguf")).Length);
        Assert.True(SidecarSamples.AreEqual(saved, Store.Load("/models/a.gguf", out string why)!), why);
        Assert.Null(Store.Load("/models/b.gguf", out why));
        Assert.Equal("", why);
        Assert.Single(Directory.GetFiles(_folder)); // no draft is left
    }

    [Fact]
    public void Load_FilesThatAreNoSidecars_SaysWhyAndNeverThrows()
    {
        string path = Store.PathFor("m.gguf");
        Directory.CreateDirectory(_folder);
        foreach (byte[] content in new byte[][] { [], new byte[10], new byte[200] })
        {
            File.WriteAllBytes(path, content);
            Assert.Null(Store.Load("m.gguf", out string why));
            Assert.Contains("no sidecar", why);
        }

        using (FileStream huge = File.Create(path)) huge.SetLength(SidecarFormat.MaxBytes + 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Null(Store.Load("m.gguf", out string tooLong));
        Assert.Contains("no sidecar", tooLong);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 16);
    }

    [Fact]
    public void Load_FolderInItsPlace_IsAsIfThereWereNone()
    {
        Directory.CreateDirectory(Store.PathFor("m.gguf"));
        Assert.Null(Store.Load("m.gguf", out _));
        Assert.ThrowsAny<Exception>(() => Store.Save("m.gguf", SidecarSamples.Create()));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Save_BelowAFile_Fails()
    {
        string file = Path.GetTempFileName();
        try
        {
            Assert.ThrowsAny<IOException>(() => new SidecarStore(Path.Combine(file, "x")).Save("m.gguf", SidecarSamples.Create()));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void Load_PipeInItsPlace_DoesNotWaitForAWriter()
    {
        if (OperatingSystem.IsWindows()) return;
        Directory.CreateDirectory(_folder);
        using (System.Diagnostics.Process make = System.Diagnostics.Process.Start("mkfifo", Store.PathFor("m.gguf"))) make.WaitForExit();
        Assert.Null(Store.Load("m.gguf", out string why));
        Assert.Contains("no sidecar", why);
    }

    [Fact]
    public void PathFor_ModelsOfOneNameInTwoFolders_AreTwoSidecars()
    {
        Assert.NotEqual(Store.PathFor("/a/m.gguf"), Store.PathFor("/b/m.gguf"));
        Assert.Equal(Store.PathFor("/a/m.gguf"), Store.PathFor("/a/../a/m.gguf"));
        string strange = Store.PathFor($"/a/{new string('x', 200)} \u00e4\n.gguf");
        Assert.Equal(_folder, Path.GetDirectoryName(strange));
        Assert.InRange(Path.GetFileName(strange).Length, 20, 120);
        Assert.Matches("^[A-Za-z0-9._-]+$", Path.GetFileName(strange));
    }

    [Fact]
    public async Task Save_ByManyAtOnce_LeavesOneWholeSidecarAtEveryMoment()
    {
        Store.Save("m.gguf", SidecarSamples.Create());
        using CancellationTokenSource done = new();
        Task[] writers = [.. Enumerable.Range(0, 4).Select(w => Task.Run(() =>
        {
            for (int i = 0; i < 100; i++) Store.Save("m.gguf", SidecarSamples.Create(w));
        }))];
        Task<int> reader = Task.Run(() =>
        {
            int read = 0;
            for (; !done.IsCancellationRequested || read == 0; read++)
            {
                ModelSidecar? seen = Store.Load("m.gguf", out string why);
                Assert.True(seen is not null, why);
                Assert.Contains(Enumerable.Range(0, 4), w => SidecarSamples.AreEqual(seen, SidecarSamples.Create(w)));
            }

            return read;
        });
        await Task.WhenAll(writers);
        await done.CancelAsync();
        Assert.True(await reader > 0);
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public void DefaultDirectory_UnderXdg_IsAFolderOfItsOwn() =>
        Assert.Equal(Path.Combine(Environment.GetEnvironmentVariable("XDG_CACHE_HOME")!, "wasmchord"), SidecarStore.DefaultDirectory);

    [Fact]
    public void IsOf_OtherContent_IsNot()
    {
        ModelSidecar sidecar = SidecarSamples.Create();
        SidecarFile first = sidecar.Files[0];
        Assert.True(sidecar.IsOf(sidecar.Files, out _));
        StorageIdentity id = first.Identity;
        // The same content on another device, mounted again, or copied.
        Assert.True(sidecar.IsOf([first with { Measure = null, Identity = id with { Inode = id.Inode + 1, Device = id.Device + 1 } }, .. sidecar.Files.Skip(1)], out _));
        SidecarFile[] others =
        [
            first with { Identity = id with { Length = id.Length + 1 } },
            first with { Identity = id with { ModifiedNanoseconds = id.ModifiedNanoseconds + 1 } },
            first with { HeaderBytes = first.HeaderBytes + 1 },
            first with { HeaderChecksum = first.HeaderChecksum + 1 },
        ];
        foreach (SidecarFile other in others)
        {
            Assert.False(sidecar.IsOf([other, .. sidecar.Files.Skip(1)], out string difference));
            Assert.Contains("file 0", difference);
        }

        Assert.False(sidecar.IsOf([.. sidecar.Files, first], out _));
    }

    [Fact]
    public void Save_WhereAnotherProcessEndedInTheMiddle_RemovesItsDraftOnceItIsOld()
    {
        Store.Save("m.gguf", SidecarSamples.Create());
        string path = Store.PathFor("m.gguf"), old = $"{path}.1.tmp", young = $"{path}.2.tmp", other = Path.Combine(_folder, "other.tmp");
        foreach (string file in new[] { old, young, other }) File.WriteAllText(file, "draft");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-2));
        File.SetLastWriteTimeUtc(other, DateTime.UtcNow.AddHours(-2));
        Store.Save("m.gguf", SidecarSamples.Create());
        Assert.Equal(new[] { path, young, other }.Order(), Directory.GetFiles(_folder).Order());
    }

    [SkippableFact]
    public void Save_InAFolderThatTakesNoFiles_FailsAndLoadFindsNone()
    {
        Skip.IfNot(OperatingSystem.IsLinux() && Directory.Exists("/proc/self"), "needs a folder that takes no files");
        Assert.ThrowsAny<Exception>(() => new SidecarStore("/proc/self").Save("m.gguf", SidecarSamples.Create()));
        Assert.Null(new SidecarStore("/proc/self").Load("m.gguf", out string why));
        Assert.Equal("", why);
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }
}
