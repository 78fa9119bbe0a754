using WasmChord.Gguf.Internal;

namespace WasmChord.Gguf;

/// <summary>
/// One GGUF file, opened by its header: metadata, tensor infos, and where the data lies. Versions 1, 2 and 3, either
/// byte order. The file owns its source, which arrays and long strings are read from; disposing the file closes it.
/// </summary>
/// <remarks>Format: <c>docs/gguf.md</c> of ggml; version 1 as the <c>ggml.c</c> of August 2023 read it.</remarks>
public sealed class GgufFile : IDisposable
{
    internal GgufFile(IGgufSource source, GgufHeader header)
    {
        Source = source;
        Name = source.Name;
        Length = source.Length;
        Version = header.Version;
        IsBigEndian = header.IsBigEndian;
        Alignment = header.Alignment;
        Metadata = header.Metadata;
        Tensors = header.Tensors;
        TensorDataOffset = header.TensorDataOffset;
        HasTensorData = header.HasTensorData;
        HeaderBytes = header.HeaderBytes;
        BytesRead = header.BytesRead;
    }

    /// <summary>Where the bytes come from. Owned by this file.</summary>
    public IGgufSource Source { get; }

    /// <summary>What the source is called: its path, where it has one.</summary>
    public string Name { get; }

    /// <summary>Version of the format: 1, 2 or 3.</summary>
    public int Version { get; }

    /// <summary>True where numbers, tensor data included, are stored most significant byte first.</summary>
    public bool IsBigEndian { get; }

    /// <summary>Alignment of tensor data, in bytes: a power of two, 32 unless <c>general.alignment</c> says otherwise.</summary>
    public int Alignment { get; }

    /// <summary>The metadata.</summary>
    public GgufMetadata Metadata { get; }

    /// <summary>The tensors in the order of the file, with file index 0.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>Where the tensor data starts, in bytes from the start of the file.</summary>
    public long TensorDataOffset { get; }

    /// <summary>False for a header alone: a file that has tensor infos and ends exactly where their data would begin.</summary>
    public bool HasTensorData { get; }

    /// <summary>Length of the file in bytes.</summary>
    public long Length { get; }

    /// <summary>Bytes of the header, without the padding after it.</summary>
    public long HeaderBytes { get; }

    /// <summary>Bytes read from the source to open the file; numeric arrays are passed over, some read-ahead is included.</summary>
    public long BytesRead { get; }

    /// <summary>
    /// Opens a file by reading its header. On success the file owns <paramref name="source"/>; on failure the caller does.
    /// </summary>
    /// <exception cref="GgufFormatException">The file is not GGUF, or is broken.</exception>
    public static async ValueTask<GgufFile> OpenAsync(IGgufSource source, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        return new GgufFile(source, await GgufHeader.ReadAsync(source, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Closes the source.</summary>
    public void Dispose() => Source.Dispose();
}
