namespace WasmChord.Gguf.Internal;

/// <summary>
/// What shards say about each other. Source: llama.cpp's <c>gguf-split</c>: the keys <c>split.no</c> (from 0),
/// <c>split.count</c> and <c>split.tensors.count</c> in every shard; the model's own metadata in the first.
/// </summary>
internal static class SplitKeys
{
    /// <summary>Number of shards that the file says there are; 1 for a file that is not a shard.</summary>
    public static long CountOf(GgufFile file)
    {
        if (!file.Metadata.TryGetEntry(GgufFormat.SplitCountKey, out GgufMetadataEntry? entry)) return 1;
        if (!entry.TryGetInt64(out long count) || count is < 0 or > GgufShardName.MaxCount)
            throw Mismatch(file, $"{GgufFormat.SplitCountKey} is {entry.Value}, not a count of shards up to {GgufShardName.MaxCount}");
        return Math.Max(count, 1);
    }

    /// <summary>The file's place among its shards, from 0.</summary>
    public static long NumberOf(GgufFile file)
    {
        long count = CountOf(file);
        if (file.Metadata.TryGetInt64(GgufFormat.SplitNumberKey, out long number) && number >= 0 && number < count) return number;
        object? found = file.Metadata.TryGetEntry(GgufFormat.SplitNumberKey, out GgufMetadataEntry? entry) ? entry.Value : null;
        throw Mismatch(file, $"{GgufFormat.SplitNumberKey} is {found ?? "absent"}, not a number below {GgufFormat.SplitCountKey} = {count}");
    }

    /// <summary>Paths of all shards, in order; all exist.</summary>
    public static IReadOnlyList<string> SiblingPaths(GgufFile file, string path)
    {
        long count = CountOf(file), number = NumberOf(file);
        if (!GgufShardName.TryParse(path, out GgufShardName? name))
            throw Mismatch(file, $"it is shard {number + 1} of {count}, but its name is not of the form NAME-00001-of-{count:D5}.gguf");
        if (name.Count != count || name.Number != number)
        {
            throw Mismatch(
                file, $"its name says shard {name.Number + 1} of {name.Count}, its metadata shard {number + 1} of {count}");
        }
        List<string> paths = new((int)count);
        for (int i = 0; i < count; i++)
        {
            string sibling = name.PathOf(i);
            if (!File.Exists(sibling))
                throw new GgufFormatException(GgufError.MissingShard, $"shard {i + 1} of {count} is missing: {sibling}");
            paths.Add(sibling);
        }
        return paths;
    }

    /// <summary>Puts opened files in order and checks that they are all the shards of one model.</summary>
    public static GgufModel Assemble(List<GgufFile> files)
    {
        long count = CountOf(files[0]);
        if (count == 1 && files.Count == 1) return new GgufModel(files, files[0].Tensors);

        GgufFile?[] ordered = new GgufFile?[count];
        foreach (GgufFile file in files)
        {
            if (CountOf(file) != count)
                throw Mismatch(file, $"it says {CountOf(file)} shards, where {files[0].Name} says {count}");
            long number = NumberOf(file);
            if (ordered[number] is { } other) throw Mismatch(file, $"it says it is shard {number + 1} of {count}, as does {other.Name}");
            ordered[number] = file;
        }
        int missing = Array.IndexOf(ordered, null);
        if (missing >= 0)
        {
            throw new GgufFormatException(
                GgufError.MissingShard, $"{files[0].Name}: shard {missing + 1} of {count} is missing; {files.Count} were given");
        }
        return new GgufModel(ordered!, CollectTensors(ordered!));
    }

    private static List<TensorInfo> CollectTensors(GgufFile[] files)
    {
        List<TensorInfo> tensors = new(files.Sum(file => file.Tensors.Count));
        Dictionary<string, int> owners = new(StringComparer.Ordinal);
        for (int i = 0; i < files.Length; i++)
        {
            foreach (TensorInfo tensor in files[i].Tensors)
            {
                if (!owners.TryAdd(tensor.Name, i))
                {
                    throw new GgufFormatException(
                        GgufError.DuplicateTensor,
                        $"{files[i].Name}: tensor '{tensor.Name}' is also in {files[owners[tensor.Name]].Name}");
                }
                tensors.Add(tensor with { FileIndex = i });
            }
        }
        foreach (GgufFile file in files)
        {
            if (!file.Metadata.TryGetEntry(GgufFormat.SplitTensorCountKey, out GgufMetadataEntry? entry)) continue;
            if (!entry.TryGetInt64(out long total) || total != tensors.Count)
                throw Mismatch(file, $"{GgufFormat.SplitTensorCountKey} is {entry.Value}, but the shards hold {tensors.Count} tensors");
        }
        return tensors;
    }

    private static GgufFormatException Mismatch(GgufFile file, string message) =>
        new(GgufError.SplitMismatch, $"{file.Name}: {message}");
}
