using System.Diagnostics.CodeAnalysis;
using WasmChord.Gguf.Internal;

namespace WasmChord.Gguf;

/// <summary>
/// A model in one file or in shards (<c>NAME-00001-of-00003.gguf</c>), opened by metadata only. The model owns its
/// files; arrays and long strings can be read until it is disposed.
/// </summary>
public sealed class GgufModel : IDisposable, IAsyncDisposable
{
    private readonly Dictionary<string, TensorInfo> _byName;

    internal GgufModel(IReadOnlyList<GgufFile> files, IReadOnlyList<TensorInfo> tensors)
    {
        Files = files;
        Tensors = tensors;
        _byName = tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        Architecture = Metadata.TryGetString(GgufFormat.ArchitectureKey, out string? architecture) ? architecture : null;
        long? blockCount = Metadata.TryGetInt64($"{Architecture}.block_count", out long count) && count >= 0 ? count : null;
        Manifest = new LayerManifest(tensors, blockCount);
        TensorBytes = tensors.Sum(tensor => tensor.ByteLength);
    }

    /// <summary>The files, in the order of the shards. <see cref="TensorInfo.FileIndex"/> counts in this list.</summary>
    public IReadOnlyList<GgufFile> Files { get; }

    /// <summary>The metadata of the model: that of its first file.</summary>
    public GgufMetadata Metadata => Files[0].Metadata;

    /// <summary><c>general.architecture</c>, or null.</summary>
    public string? Architecture { get; }

    /// <summary>All tensors, by file and in the order of each file.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>Which layer each tensor belongs to.</summary>
    public LayerManifest Manifest { get; }

    /// <summary>Bytes of all tensors' data, without padding.</summary>
    public long TensorBytes { get; }

    /// <summary>Bytes of all files.</summary>
    public long FileBytes => Files.Sum(file => file.Length);

    /// <summary>Bytes of all headers.</summary>
    public long HeaderBytes => Files.Sum(file => file.HeaderBytes);

    /// <summary>Bytes read to open all files.</summary>
    public long BytesRead => Files.Sum(file => file.BytesRead);

    /// <summary>False where a file holds tensor infos and none of their data.</summary>
    public bool HasTensorData => Files.All(file => file.HasTensorData);

    /// <summary>
    /// Opens the model that <paramref name="path"/> belongs to. A file whose <c>split.count</c> is above 1 is a shard,
    /// any one will do: its siblings are found by name. Files are open for reading until the model is disposed.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="GgufFormatException">A file is broken, or the shards do not belong together.</exception>
    public static async ValueTask<GgufModel> OpenAsync(string path, CancellationToken cancellationToken = default)
    {
        List<GgufFile> files = [];
        try
        {
            GgufFile given = await OpenFileAsync(path, files, cancellationToken).ConfigureAwait(false);
            if (SplitKeys.CountOf(given) > 1)
            {
                IReadOnlyList<string> paths = SplitKeys.SiblingPaths(given, path);
                string self = paths[(int)SplitKeys.NumberOf(given)];
                foreach (string sibling in paths)
                    if (sibling != self) await OpenFileAsync(sibling, files, cancellationToken).ConfigureAwait(false);
            }
            return SplitKeys.Assemble(files);
        }
        catch
        {
            foreach (GgufFile file in files) file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens a model from its files, in any order. On success the model owns the sources; on failure the caller does.
    /// </summary>
    /// <exception cref="ArgumentException">There are no sources.</exception>
    /// <exception cref="GgufFormatException">A file is broken, or the shards do not belong together.</exception>
    public static async ValueTask<GgufModel> OpenAsync(IReadOnlyList<IGgufSource> sources, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sources);
        if (sources.Count == 0) throw new ArgumentException("a model has at least one file", nameof(sources));
        List<GgufFile> files = new(sources.Count);
        foreach (IGgufSource source in sources)
            files.Add(await GgufFile.OpenAsync(source, cancellationToken).ConfigureAwait(false));
        return SplitKeys.Assemble(files);
    }

    /// <summary>Looks a tensor up by name.</summary>
    public bool TryGetTensor(string name, [NotNullWhen(true)] out TensorInfo? tensor) => _byName.TryGetValue(name, out tensor);

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (GgufFile file in Files) file.Dispose();
    }

    /// <summary>Closes the files.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private static async ValueTask<GgufFile> OpenFileAsync(string path, List<GgufFile> files, CancellationToken cancellationToken)
    {
        FileGgufSource source = new(path);
        try
        {
            GgufFile file = await GgufFile.OpenAsync(source, cancellationToken).ConfigureAwait(false);
            files.Add(file);
            return file;
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }
}
