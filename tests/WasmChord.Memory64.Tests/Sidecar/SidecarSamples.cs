namespace WasmChord.Memory64.Tests;

/// <summary>Sidecars of seeded content.</summary>
internal static class SidecarSamples
{
    public static ModelSidecar Create(int seed = 1)
    {
        Random random = new(seed);
        SidecarFile[] files = [.. Enumerable.Range(0, 1 + random.Next(3)).Select(i => File(random, 1 << 20, i % 2 == 0))];
        List<SidecarExtent> extents = [];
        for (int i = 0; i < files.Length; i++)
        {
            for (long offset = random.Next(4096); offset + 8192 < files[i].Identity.Length; offset += 8192 + random.Next(100_000))
                extents.Add(new SidecarExtent(i, offset, 1 + random.Next(8192), random.Next(4) == 0 ? null : (ulong)random.NextInt64(), (uint)random.Next(100), (uint)random.Next(1000)));
        }

        SidecarRow[] rows = [.. Enumerable.Range(0, 40).Where(_ => random.Next(2) == 0).Select(row => new SidecarRow(row, (uint)random.Next(1, int.MaxValue)))];
        return ModelSidecar.Create(files, extents, rows);
    }

    public static SidecarFile File(Random random, long length, bool measured) => new(
        new StorageIdentity(length, random.NextInt64(), (ulong)random.NextInt64(), (ulong)random.NextInt64()),
        random.Next(1000), (ulong)random.NextInt64(), measured ? new StorageMeasure(random.NextDouble() * 3e9, 1e9) : null, measured ? random.Next(1, int.MaxValue) : 0);

    /// <summary>Both say the same, in every number.</summary>
    public static bool AreEqual(ModelSidecar a, ModelSidecar b) =>
        a.Files.SequenceEqual(b.Files) && a.Extents.SequenceEqual(b.Extents) && a.Rows.SequenceEqual(b.Rows);
}
