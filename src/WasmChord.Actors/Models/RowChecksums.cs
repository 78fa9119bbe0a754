using System.Numerics;
using System.Runtime.InteropServices;
using WasmChord.Gguf;
using WasmChord.Inference;
using WasmChord.Memory64;

namespace WasmChord.Actors;

/// <summary>
/// A checksum for each row of the token embedding, which is read row by row and never as segments: taken when a row is
/// first read, or by an earlier run, compared on every read after (CRC-32C, RFC 3720 appendix B.4, without the final
/// inversion; it finds every error of one bit and every burst of up to 32). Survives restarts of the scheduler. One thread
/// at a time. As in <see cref="SegmentChecksums"/>, two reads that agree with each other overrule an earlier run.
/// </summary>
internal sealed class RowChecksums
{
    /// <summary>The tensor that is read by row.</summary>
    public const string TensorName = "token_embd.weight";

    private readonly TensorInfo _tensor;
    private readonly IReadOnlyList<SidecarRow> _remembered;
    private readonly string? _rememberedBy;
    private uint[]? _checksums; // (row) → its checksum as this run knows it; 0 while it has not read it
    private (long Row, uint Checksum)? _disputed; // the row that was read last, where only an earlier run disagrees
    private volatile bool _isDisbelieved;
    private int _taken;
    private int _overruled;

    /// <summary>Begins with the rows that an earlier run has read; takes no memory before the first read.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="remembered">Its rows, ascending; those that it does not have are passed over.</param>
    /// <param name="rememberedBy">The file that says so, for messages; null where none does.</param>
    public RowChecksums(TensorInfo tensor, IReadOnlyList<SidecarRow> remembered, string? rememberedBy)
    {
        _tensor = tensor;
        _remembered = remembered;
        _rememberedBy = rememberedBy;
    }

    /// <summary>Rows whose checksum was taken since this began. Any thread may ask.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Rows of which two reads agreed with each other and not with an earlier run. Any thread may ask.</summary>
    public int Overruled => Volatile.Read(ref _overruled);

    /// <summary>Memory that it takes for a tensor.</summary>
    public static long BytesFor(TensorInfo tensor) => tensor.Shape.RowCount * sizeof(uint);

    /// <summary>The rows that are known. Any thread may ask, and finds those of this moment or a moment ago.</summary>
    public IEnumerable<SidecarRow> Known()
    {
        uint[]? checksums = Volatile.Read(ref _checksums);
        IReadOnlyList<SidecarRow> remembered = _isDisbelieved ? [] : _remembered;
        int next = 0;
        for (int row = 0; row < _tensor.Shape.RowCount && row < int.MaxValue; row++)
        {
            while (next < remembered.Count && remembered[next].Row < row) next++;
            uint checksum = checksums is null ? 0 : Volatile.Read(ref checksums[row]);
            if (checksum == 0 && next < remembered.Count && remembered[next].Row == row) checksum = remembered[next].Checksum;
            if (checksum != 0) yield return new SidecarRow(row, checksum);
        }
    }

    /// <summary>Takes or compares the checksum of a row; what is no whole row of the tensor is not looked at.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="byteOffset">Where in the tensor the bytes were read.</param>
    /// <param name="bytes">What was read.</param>
    /// <param name="dispute">What to log where the result is false; else empty.</param>
    /// <returns>False where only an earlier run disagrees: the row is to be read once more, before any other.</returns>
    /// <exception cref="WeightsUnavailableException">The bytes are not those of the first read.</exception>
    public bool TryVerify(TensorInfo tensor, long byteOffset, ReadOnlySpan<byte> bytes, out string dispute)
    {
        dispute = "";
        if (tensor.Name != _tensor.Name || bytes.Length != tensor.RowBytes || byteOffset % tensor.RowBytes != 0) return true;
        if (_checksums is null) Volatile.Write(ref _checksums, new uint[_tensor.Shape.RowCount]);
        long row = byteOffset / tensor.RowBytes;
        ref uint known = ref _checksums![row];
        uint actual = Compute(bytes);
        if (known == actual) return true;
        if (known != 0) throw new WeightsUnavailableException(Differs(row, actual, known, "when it was first read"));
        uint remembered = RememberedOf(row);
        if (remembered != 0 && remembered != actual)
        {
            if (_disputed?.Row != row)
            {
                _disputed = (row, actual);
                dispute = Differs(row, actual, remembered, $"when an earlier run read it ({_rememberedBy})");
                return false;
            }

            uint first = _disputed.Value.Checksum;
            _disputed = null;
            if (first != actual) throw new WeightsUnavailableException(Differs(row, actual, first, "when it was first read"));
            _isDisbelieved = true;
            Interlocked.Increment(ref _overruled);
        }

        _disputed = null;
        Volatile.Write(ref known, actual);
        if (remembered != actual) Interlocked.Increment(ref _taken);
        return true;
    }

    // What an earlier run says of a row; 0 for nothing, or once it was wrong about another.
    private uint RememberedOf(long row)
    {
        if (_isDisbelieved) return 0;
        int low = 0, high = _remembered.Count - 1;
        while (low <= high)
        {
            int middle = low + (high - low) / 2;
            SidecarRow found = _remembered[middle];
            if (found.Row == row) return found.Checksum;
            if (found.Row < row) low = middle + 1;
            else high = middle - 1;
        }

        return 0;
    }

    private string Differs(long row, uint actual, uint expected, string when) =>
        $"{_tensor.Name}: row {row}, {_tensor.RowBytes} bytes at {_tensor.FileOffset + row * _tensor.RowBytes} of the file, has checksum {actual:x8}, {expected:x8} {when}";

    private static uint Compute(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words) crc = BitOperations.Crc32C(crc, word);
        foreach (byte b in bytes[(words.Length * sizeof(ulong))..]) crc = BitOperations.Crc32C(crc, b);
        return Math.Max(crc, 1);
    }
}
