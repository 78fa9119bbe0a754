using WasmChord.Gguf;

namespace WasmChord.Memory64;

/// <summary>Places the tensors of one layer in a region and divides them into segments.</summary>
internal static class LayerPlacement
{
    // Tensors of a layer that are no further apart than this in the file keep their distance in the image: it is the
    // padding between them. A wider gap holds other layers' tensors and is closed.
    private const long LargestPaddingBytes = 64 << 10;

    // Decoded values start on a cache line, as vector loads want.
    private const long DecodedAlignment = 64;

    /// <summary>Adds the segments of <paramref name="layer"/>, which starts at <paramref name="start"/>; returns where it ends.</summary>
    public static long Place(
        ModelLayer layer, Dictionary<string, int> indexOf, ImageOptions options, int regionIndex, long start, List<Piece> pieces)
    {
        long end = start;
        TensorInfo? previous = null;
        foreach (TensorInfo tensor in layer.Tensors)
        {
            if (tensor.ByteLength == 0) continue;
            long address = options.Format == ResidencyFormat.Raw
                ? RawAddress(tensor, previous, start, end)
                : ImageLayout.AlignUp(end, DecodedAlignment);
            end = Divide(layer.Id, tensor, indexOf[tensor.Name], options, regionIndex, address, pieces);
            previous = tensor;
        }

        return end;
    }

    private static long RawAddress(TensorInfo tensor, TensorInfo? previous, long start, long end)
    {
        long congruence = tensor.FileOffset % ImageOptions.PageBytes;
        if (previous is null) return start + congruence;
        long gap = tensor.FileOffset - (previous.FileOffset + previous.ByteLength);
        return previous.FileIndex == tensor.FileIndex && gap is >= 0 and <= LargestPaddingBytes
            ? end + gap
            : ImageLayout.AlignUp(end, ImageOptions.PageBytes) + congruence;
    }

    private static long Divide(
        LayerId layer, TensorInfo tensor, int tensorIndex, ImageOptions options, int regionIndex, long address, List<Piece> pieces)
    {
        // Experts: each slice of the outermost extent is wanted alone, so no tile may span two.
        bool experts = layer.IsBlock && tensor.Shape.Ne2 > 1 && tensor.Name.Contains("_exps", StringComparison.Ordinal);
        long slices = experts ? checked(tensor.Shape.Ne2 * tensor.Shape.Ne3) : 1;
        long rowsPerSlice = tensor.Shape.RowCount / slices;
        long fileRowBytes = tensor.RowBytes;
        long imageRowBytes = ImageRowBytes(tensor, options.Format);
        long tiles = Math.Clamp(Ceiling(checked(rowsPerSlice * imageRowBytes), options.TileBytes), 1, rowsPerSlice);
        long rowsPerTile = Ceiling(rowsPerSlice, tiles);
        for (long slice = 0; slice < slices; slice++)
        {
            for (long row = 0; row < rowsPerSlice; row += rowsPerTile)
            {
                long rows = Math.Min(rowsPerTile, rowsPerSlice - row);
                long firstRow = slice * rowsPerSlice + row;
                pieces.Add(new Piece(layer, tensor, tensorIndex, firstRow * fileRowBytes, rows * fileRowBytes, regionIndex,
                    checked(address + firstRow * imageRowBytes), rows * imageRowBytes));
            }
        }

        return checked(address + tensor.Shape.RowCount * imageRowBytes);
    }

    private static long ImageRowBytes(TensorInfo tensor, ResidencyFormat format) => format switch
    {
        ResidencyFormat.F32 => checked(tensor.Shape.Ne0 * sizeof(float)),
        ResidencyFormat.F16 => checked(tensor.Shape.Ne0 * 2),
        _ => tensor.RowBytes,
    };

    private static long Ceiling(long value, long unit) => (value + unit - 1) / unit;
}
