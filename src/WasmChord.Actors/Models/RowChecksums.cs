using System.Numerics;
using System.Runtime.InteropServices;
using WasmChord.Gguf;
using WasmChord.Inference;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>
/// A checksum for each row of the token embedding, which is read row by row and never as segments: taken when a row is
/// first read, or by an earlier run, compared on every read after (CRC-32C, RFC 3720 appendix B.4, without the final inversion; it finds every
/// error of one bit and every burst of up to 32). Survives restarts of the scheduler. One thread at a time.
/// </summary>
internal sealed class RowChecksums
{
    /// <summary>The tensor that is read by row.</summary>
    public const string TensorName = "token_embd.weight";

    private readonly TensorInfo _tensor;
    private readonly IReadOnlyList<SidecarRow> _remembered;
    private readonly string? _rememberedBy;
    private uint[]? _checksums; // (row) → its checksum; 0 while it is unknown
    private int _taken;

    /// <summary>Knows nothing yet, and takes no memory before the first row.</summary>
    public RowChecksums(TensorInfo tensor) : this(tensor, [], null)
    {
    }

    /// <summary>Begins with the rows that an earlier run has read.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="remembered">Its rows, ascending; those that it does not have are passed over.</param>
    /// <param name="rememberedBy">The file that says so, for messages.</param>
    public RowChecksums(TensorInfo tensor, IReadOnlyList<SidecarRow> remembered, string? rememberedBy)
    {
        _tensor = tensor;
        _remembered = remembered;
        _rememberedBy = rememberedBy;
    }

    /// <summary>Rows whose checksum was taken since this began. Any thread may ask.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Memory that it takes for a tensor.</summary>
    public static long BytesFor(TensorInfo tensor) => tensor.Shape.RowCount * sizeof(uint);

    /// <summary>The rows that are known. Any thread may ask, and finds those of this moment or a moment ago.</summary>
    public IEnumerable<SidecarRow> Known()
    {
        if (Volatile.Read(ref _checksums) is not { } checksums)
        {
            foreach (SidecarRow row in _remembered) yield return row;
            yield break;
        }

        for (int row = 0; row < checksums.Length; row++)
            if (Volatile.Read(ref checksums[row]) is not 0 and uint checksum) yield return new SidecarRow(row, checksum);
    }

    /// <summary>Takes or compares the checksum of a row; what is no whole row of the tensor is not looked at.</summary>
    /// <exception cref="WeightsUnavailableException">The bytes are not those of the first read.</exception>
    public void Verify(TensorInfo tensor, long byteOffset, ReadOnlySpan<byte> bytes)
    {
        if (tensor.Name != _tensor.Name || bytes.Length != tensor.RowBytes || byteOffset % tensor.RowBytes != 0) return;
        if (_checksums is null) Volatile.Write(ref _checksums, Begin());
        long row = byteOffset / tensor.RowBytes;
        ref uint known = ref _checksums![row];
        uint actual = Compute(bytes);
        if (known == 0)
        {
            Volatile.Write(ref known, actual);
            Interlocked.Increment(ref _taken);
        }
        else if (known != actual)
        {
            string when = _remembered.Any(r => r.Row == row) ? $"when an earlier run read it ({_rememberedBy}; if the model's file is right, remove that one)" : "when it was first read";
            throw new WeightsUnavailableException($"{tensor.Name}: row {row}, {bytes.Length} bytes at {tensor.FileOffset + byteOffset} of the file, has checksum {actual:x8}, {known:x8} {when}");
        }
    }

    private uint[] Begin()
    {
        uint[] checksums = new uint[_tensor.Shape.RowCount];
        foreach (SidecarRow r in _remembered)
            if (r.Row < checksums.Length) checksums[r.Row] = r.Checksum;
        return checksums;
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
