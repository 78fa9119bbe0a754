using System.Text;
using WasmChord.Gguf.Internal;

namespace WasmChord.Gguf;

/// <summary>
/// Writes GGUF version 3: a header, then each tensor's data as its writer streams it, never the whole model in memory.
/// Tensors lie one after another in the order added, each padded to the alignment, as ggml demands.
/// </summary>
/// <remarks>Layout: <c>docs/gguf.md</c> of ggml. The alignment is that of the metadata key <c>general.alignment</c>.</remarks>
public sealed class GgufWriter
{
    private readonly List<PendingTensor> _tensors = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Begins an empty file.</summary>
    /// <param name="bigEndian">True to store numbers most significant byte first; tensor data must then be so too.</param>
    public GgufWriter(bool bigEndian = false) => IsBigEndian = bigEndian;

    /// <summary>Byte order.</summary>
    public bool IsBigEndian { get; }

    /// <summary>The metadata, in the order to be written.</summary>
    public GgufMetadataBuilder Metadata { get; } = new();

    /// <summary>Number of tensors.</summary>
    public int TensorCount => _tensors.Count;

    /// <summary>Bytes of all tensors' data, padding included.</summary>
    public long TensorDataBytes => _tensors.Sum(PaddedBytes);

    internal IReadOnlyList<PendingTensor> Tensors => _tensors;

    /// <summary>
    /// A writer that holds a model's metadata and tensors as they are, in the model's byte order, without the
    /// <c>split.*</c> keys: writing it merges shards. The model must stay open until everything is written.
    /// </summary>
    public static GgufWriter From(GgufModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        GgufWriter writer = new(model.Files[0].IsBigEndian);
        writer.Metadata.AddCopies(model.Metadata, entry => !GgufFormat.IsSplitKey(entry.Key));
        foreach (TensorInfo tensor in model.Tensors) writer.AddTensorCopy(model, tensor);
        return writer;
    }

    /// <summary>Adds a tensor whose data <paramref name="write"/> streams.</summary>
    /// <exception cref="ArgumentException">The name is taken, or name or shape are none that a GGUF file may hold.</exception>
    public void AddTensor(string name, GgmlType type, TensorShape shape, TensorDataWriter write) =>
        Add(PendingTensor.Create(name, type, shape, write));

    /// <summary>Adds a tensor whose data is at hand. It is not copied and must not change until written.</summary>
    /// <exception cref="ArgumentException">As above, or the data has another length than type and shape say.</exception>
    public void AddTensor(string name, GgmlType type, TensorShape shape, ReadOnlyMemory<byte> data)
    {
        PendingTensor tensor = PendingTensor.Create(name, type, shape, (stream, token) => stream.WriteAsync(data, token));
        if (tensor.ByteLength != data.Length)
            throw new ArgumentException($"tensor '{name}' takes {tensor.ByteLength} bytes, not {data.Length}", nameof(data));
        Add(tensor);
    }

    /// <summary>Adds a tensor of an open model. Its data is copied when the file is written.</summary>
    /// <exception cref="ArgumentException">The name is taken, or the model's byte order is another.</exception>
    public void AddTensorCopy(GgufModel model, TensorInfo tensor)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(tensor);
        GgufFile file = model.Files[tensor.FileIndex];
        if (file.IsBigEndian != IsBigEndian)
            throw new ArgumentException($"{file.Name} has the other byte order: tensor data cannot be copied as it is", nameof(model));
        Add(PendingTensor.Create(
            tensor.Name, tensor.Type, tensor.Shape, (stream, token) => TensorCopy.WriteAsync(file, tensor, stream, token)));
    }

    /// <summary>Writes the header and its padding; the tensor data would follow at once.</summary>
    /// <returns>How many bytes it wrote.</returns>
    public async ValueTask<long> WriteHeaderAsync(Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        FieldWriter fields = new(destination, IsBigEndian);
        fields.Bytes(GgufFormat.Magic);
        fields.UInt32(GgufFormat.LatestVersion);
        fields.Length(_tensors.Count);
        fields.Length(Metadata.Count);
        foreach ((string key, PendingValue value) in Metadata.Entries)
        {
            fields.ByteString(Encoding.UTF8.GetBytes(key));
            fields.UInt32((uint)value.Type);
            await value.WriteAsync(fields, cancellationToken).ConfigureAwait(false);
        }
        long offset = 0;
        foreach (PendingTensor tensor in _tensors)
        {
            WriteInfo(fields, tensor, offset);
            offset = checked(offset + PaddedBytes(tensor));
            await fields.YieldAsync(cancellationToken).ConfigureAwait(false);
        }
        fields.Zeros(GgufFormat.Align(fields.Position, Metadata.Alignment)!.Value - fields.Position);
        await fields.CompleteAsync(cancellationToken).ConfigureAwait(false);
        return fields.Position;
    }

    /// <summary>Writes the whole file to a stream.</summary>
    /// <returns>How many bytes it wrote.</returns>
    /// <exception cref="InvalidOperationException">A tensor's writer wrote more or less than the tensor takes.</exception>
    public async ValueTask<long> WriteAsync(Stream destination, CancellationToken cancellationToken = default)
    {
        long written = await WriteHeaderAsync(destination, cancellationToken).ConfigureAwait(false);
        foreach (PendingTensor tensor in _tensors)
        {
            await tensor.WriteDataAsync(destination, cancellationToken).ConfigureAwait(false);
            long padded = PaddedBytes(tensor);
            await WriteZerosAsync(destination, padded - tensor.ByteLength, cancellationToken).ConfigureAwait(false);
            written += padded;
        }
        return written;
    }

    /// <summary>
    /// Writes the file under a temporary name beside <paramref name="path"/> and renames it when it is complete, over
    /// whatever is there. A failure leaves nothing behind.
    /// </summary>
    public async ValueTask WriteAsync(string path, CancellationToken cancellationToken = default)
    {
        await using PartialFile file = new(path);
        await WriteAsync(file.Stream, cancellationToken).ConfigureAwait(false);
        file.Complete();
    }

    internal void Add(PendingTensor tensor)
    {
        if (!_names.Add(tensor.Name)) throw new ArgumentException($"the tensor name '{tensor.Name}' is taken");
        _tensors.Add(tensor);
    }

    internal long PaddedBytes(PendingTensor tensor) =>
        GgufFormat.Align(tensor.ByteLength, Metadata.Alignment) ?? throw new OverflowException($"tensor '{tensor.Name}' is too large");

    private static void WriteInfo(FieldWriter fields, PendingTensor tensor, long offset)
    {
        fields.ByteString(Encoding.UTF8.GetBytes(tensor.Name));
        long[] extents = tensor.Shape.ToArray();
        fields.UInt32((uint)extents.Length);
        foreach (long extent in extents) fields.Length(extent);
        fields.UInt32((uint)tensor.Traits.Type);
        fields.Length(offset);
    }

    private static async ValueTask WriteZerosAsync(Stream destination, long count, CancellationToken cancellationToken)
    {
        if (count == 0) return;
        byte[] zeros = new byte[Math.Min(count, 64 * 1024)];
        for (; count > 0; count -= zeros.Length)
            await destination.WriteAsync(zeros.AsMemory(0, (int)Math.Min(count, zeros.Length)), cancellationToken).ConfigureAwait(false);
    }
}
