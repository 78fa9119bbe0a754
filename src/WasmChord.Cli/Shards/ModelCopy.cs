using WasmChord.Gguf;

namespace WasmChord.Cli;

/// <summary>Writers whose tensors are copies of a model's, and which say how far they have come.</summary>
internal static class ModelCopy
{
    private const int BufferBytes = 1 << 20;

    /// <summary>A writer of the whole model, without its <c>split.*</c> keys.</summary>
    public static GgufWriter Of(GgufModel model, JobProgress progress)
    {
        GgufWriter writer = new(model.Files[0].IsBigEndian);
        writer.Metadata.AddCopies(model.Metadata, entry => !entry.Key.StartsWith("split.", StringComparison.Ordinal));
        foreach (TensorInfo tensor in model.Tensors) Add(writer, model, tensor, progress);
        return writer;
    }

    /// <summary>Adds one tensor of the model.</summary>
    public static void Add(GgufWriter writer, GgufModel model, TensorInfo tensor, JobProgress progress) =>
        writer.AddTensor(tensor.Name, tensor.Type, tensor.Shape, async (destination, cancellationToken) =>
        {
            IGgufSource source = model.Files[tensor.FileIndex].Source;
            byte[] buffer = new byte[Math.Min(BufferBytes, tensor.ByteLength)];
            for (long at = 0; at < tensor.ByteLength;)
            {
                int wanted = (int)Math.Min(buffer.Length, tensor.ByteLength - at);
                int read = await source.ReadAsync(buffer.AsMemory(0, wanted), tensor.FileOffset + at, cancellationToken).ConfigureAwait(false);
                if (read == 0) throw new ToolException("truncated", $"{source.Name} ends at {tensor.FileOffset + at}, within tensor '{tensor.Name}'");
                await destination.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                at += read;
                progress.Add(read);
            }
        });
}
