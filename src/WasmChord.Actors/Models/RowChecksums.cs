using System.Numerics;
using System.Runtime.InteropServices;
using WasmChord.Gguf;
using WasmChord.Inference;

namespace WasmChord.Actors;

/// <summary>
/// A checksum for each row of the token embedding, which is read row by row and never as segments: taken when a row is
/// first read, compared on every read after (CRC-32C, RFC 3720 appendix B.4, without the final inversion; it finds every
/// error of one bit and every burst of up to 32). Survives restarts of the scheduler. One thread at a time.
/// </summary>
internal sealed class RowChecksums
{
    /// <summary>The tensor that is read by row.</summary>
    public const string TensorName = "token_embd.weight";

    private readonly TensorInfo _tensor;
    private uint[]? _checksums; // (row) → its checksum; 0 while it is unknown

    /// <summary>Knows nothing yet, and takes no memory before the first row.</summary>
    public RowChecksums(TensorInfo tensor) => _tensor = tensor;

    /// <summary>Memory that it takes for a tensor.</summary>
    public static long BytesFor(TensorInfo tensor) => tensor.Shape.RowCount * sizeof(uint);

    /// <summary>Takes or compares the checksum of a row; what is no whole row of the tensor is not looked at.</summary>
    /// <exception cref="WeightsUnavailableException">The bytes are not those of the first read.</exception>
    public void Verify(TensorInfo tensor, long byteOffset, ReadOnlySpan<byte> bytes)
    {
        if (tensor.Name != _tensor.Name || bytes.Length != tensor.RowBytes || byteOffset % tensor.RowBytes != 0) return;
        _checksums ??= new uint[tensor.Shape.RowCount];
        ref uint known = ref _checksums[byteOffset / tensor.RowBytes];
        uint actual = Compute(bytes);
        if (known == 0) known = actual;
        else if (known != actual)
            throw new WeightsUnavailableException($"{tensor.Name}: row {byteOffset / tensor.RowBytes}, {bytes.Length} bytes at {tensor.FileOffset + byteOffset} of the file, has checksum {actual:x8}, {known:x8} when it was first read");
    }

    private static uint Compute(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words) crc = BitOperations.Crc32C(crc, word);
        foreach (byte b in bytes[(words.Length * sizeof(ulong))..]) crc = BitOperations.Crc32C(crc, b);
        return Math.Max(crc, 1);
    }
}
