using System.Buffers;

namespace WasmChord.Gguf.Internal;

/// <summary>Streams one tensor's data from its file.</summary>
internal static class TensorCopy
{
    private const int PieceBytes = 1024 * 1024;

    /// <exception cref="GgufFormatException">The file has become shorter since it was opened, or never held the data.</exception>
    public static async ValueTask WriteAsync(GgufFile file, TensorInfo tensor, Stream destination, CancellationToken cancellationToken)
    {
        byte[] piece = ArrayPool<byte>.Shared.Rent((int)Math.Min(tensor.ByteLength, PieceBytes));
        try
        {
            for (long done = 0; done < tensor.ByteLength;)
            {
                Memory<byte> buffer = piece.AsMemory(0, (int)Math.Min(piece.Length, tensor.ByteLength - done));
                int count = await file.Source.ReadAsync(buffer, tensor.FileOffset + done, cancellationToken).ConfigureAwait(false);
                if (count == 0)
                {
                    throw new GgufFormatException(
                        GgufError.TensorOutOfFile,
                        $"{file.Name}: tensor '{tensor.Name}' ends after {done} of {tensor.ByteLength} bytes", tensor.FileOffset + done);
                }
                await destination.WriteAsync(buffer[..count], cancellationToken).ConfigureAwait(false);
                done += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
