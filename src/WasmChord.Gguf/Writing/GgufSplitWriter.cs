using WasmChord.Gguf.Internal;

namespace WasmChord.Gguf;

/// <summary>
/// Writes a model as shards, <c>PREFIX-00001-of-00003.gguf</c>. The first holds all metadata; all hold <c>split.no</c>
/// (16 bits), <c>split.count</c> (16 bits) and <c>split.tensors.count</c> (32 bits, signed), as llama.cpp's
/// <c>gguf-split</c> writes them. Merging is <see cref="GgufWriter.From"/> of the opened shards.
/// </summary>
public static class GgufSplitWriter
{
    /// <summary>
    /// Writes the shards. All have temporary names until the last is complete, so that a failure leaves none behind.
    /// </summary>
    /// <param name="writer">The metadata, without <c>split.*</c> keys, and the tensors.</param>
    /// <param name="prefix">Path that the shards' names begin with.</param>
    /// <param name="options">Where to cut.</param>
    /// <param name="cancellationToken">Stops the writing.</param>
    /// <returns>The shards' paths, in order.</returns>
    /// <exception cref="ArgumentException">A limit is not positive, or the metadata already has <c>split.*</c> keys.</exception>
    /// <exception cref="InvalidOperationException">It would take more than 65,535 shards.</exception>
    public static async ValueTask<IReadOnlyList<string>> WriteAsync(
        GgufWriter writer, string prefix, GgufSplitOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        if (options.MaxTensors <= 0 || options.MaxBytes <= 0) throw new ArgumentException("a limit must be positive", nameof(options));
        if (writer.Metadata.Entries.Any(entry => GgufFormat.IsSplitKey(entry.Key)))
            throw new ArgumentException("the metadata already has split.* keys", nameof(writer));
        List<GgufWriter> shards = Plan(writer, options);

        GgufShardName name = new(prefix, 0, shards.Count);
        List<PartialFile> files = new(shards.Count);
        try
        {
            for (int i = 0; i < shards.Count; i++)
            {
                files.Add(new PartialFile(name.PathOf(i)));
                await shards[i].WriteAsync(files[i].Stream, cancellationToken).ConfigureAwait(false);
                files[i].Close();
            }
            foreach (PartialFile file in files) file.Rename();
        }
        finally
        {
            foreach (PartialFile file in files) await file.DisposeAsync().ConfigureAwait(false);
        }
        return [.. Enumerable.Range(0, shards.Count).Select(name.PathOf)];
    }

    private static List<GgufWriter> Plan(GgufWriter whole, GgufSplitOptions options)
    {
        List<List<PendingTensor>> parts = [[]];
        if (options.NoTensorsInFirst && whole.TensorCount > 0) parts.Add([]);
        long bytes = 0;
        foreach (PendingTensor tensor in whole.Tensors)
        {
            long padded = whole.PaddedBytes(tensor);
            if (parts[^1].Count > 0 && (parts[^1].Count >= options.MaxTensors || bytes > options.MaxBytes - padded))
            {
                parts.Add([]);
                bytes = 0;
            }
            parts[^1].Add(tensor);
            bytes += padded;
        }
        if (parts.Count > GgufShardName.MaxCount)
            throw new InvalidOperationException($"{parts.Count} shards; the limit is {GgufShardName.MaxCount}");
        return [.. parts.Select((part, i) => Shard(whole, part, i, parts.Count))];
    }

    private static GgufWriter Shard(GgufWriter whole, List<PendingTensor> tensors, int number, int count)
    {
        GgufWriter shard = new(whole.IsBigEndian);
        foreach (KeyValuePair<string, PendingValue> entry in whole.Metadata.Entries)
        {
            // Every shard places its own tensors, so each needs the alignment; the rest belongs to the first.
            if (number == 0 || entry.Key == GgufFormat.AlignmentKey) shard.Metadata.AddPending(entry, whole.Metadata.Alignment);
        }
        shard.Metadata.Add(GgufFormat.SplitNumberKey, (ushort)number);
        shard.Metadata.Add(GgufFormat.SplitTensorCountKey, whole.TensorCount);
        shard.Metadata.Add(GgufFormat.SplitCountKey, (ushort)count);
        foreach (PendingTensor tensor in tensors) shard.Add(tensor);
        return shard;
    }
}
