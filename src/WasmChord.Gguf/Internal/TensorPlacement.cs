namespace WasmChord.Gguf.Internal;

/// <summary>
/// Holds the tensors' places against each other and against the file. ggml demands that each tensor begin where the
/// one before it ended; the specification only that offsets be aligned, so gaps and any order pass, overlap does not.
/// </summary>
internal static class TensorPlacement
{
    /// <summary>Fills in the file offsets. The tensors have checked sizes and aligned offsets.</summary>
    /// <returns>False where the file ends exactly where the tensor data would begin: a header without its data.</returns>
    public static bool Place(GgufCursor cursor, List<TensorInfo> tensors, long dataOffset, int alignment)
    {
        long length = cursor.End;
        bool hasData = length > dataOffset || tensors.TrueForAll(t => t.ByteLength == 0);
        for (int i = 0; i < tensors.Count; i++)
        {
            TensorInfo tensor = tensors[i];
            long room = long.MaxValue - dataOffset - tensor.TensorDataOffset;
            if (room < tensor.ByteLength || (hasData && tensor.ByteLength > 0 && length - dataOffset - tensor.TensorDataOffset < tensor.ByteLength))
            {
                throw cursor.Error(
                    GgufError.TensorOutOfFile,
                    $"tensor '{tensor.Name}' takes {tensor.ByteLength} bytes at {tensor.TensorDataOffset} of the tensor data, " +
                    $"which starts at {dataOffset} of a file of {length} bytes", dataOffset);
            }
            tensors[i] = tensor with { FileOffset = dataOffset + tensor.TensorDataOffset };
        }
        CheckOverlap(cursor, tensors);
        if (hasData) CheckPadding(cursor, tensors, alignment);
        return hasData;
    }

    private static void CheckOverlap(GgufCursor cursor, List<TensorInfo> tensors)
    {
        bool ascending = true;
        for (int i = 1; ascending && i < tensors.Count; i++)
            ascending = tensors[i].FileOffset >= tensors[i - 1].FileOffset + tensors[i - 1].ByteLength;
        if (ascending) return;

        TensorInfo[] sorted = [.. tensors.Where(t => t.ByteLength > 0).OrderBy(t => t.FileOffset)];
        for (int i = 1; i < sorted.Length; i++)
        {
            TensorInfo before = sorted[i - 1], after = sorted[i];
            if (after.FileOffset >= before.FileOffset + before.ByteLength) continue;
            throw cursor.Error(
                GgufError.TensorOverlap,
                $"tensors '{before.Name}' and '{after.Name}' overlap: {before.ByteLength} bytes at {before.TensorDataOffset}, " +
                $"and {after.ByteLength} at {after.TensorDataOffset}", after.FileOffset);
        }
    }

    /// <summary>
    /// Writers pad the last tensor too, or do not pad it at all. Part of the padding means that the file was cut.
    /// </summary>
    private static void CheckPadding(GgufCursor cursor, List<TensorInfo> tensors, int alignment)
    {
        long end = 0;
        foreach (TensorInfo tensor in tensors) end = Math.Max(end, tensor.FileOffset + tensor.ByteLength);
        if (end == 0 || cursor.End == end || cursor.End >= (GgufFormat.Align(end, alignment) ?? long.MaxValue)) return;
        throw cursor.Error(
            GgufError.Truncated,
            $"the file ends after {cursor.End - end} of the {GgufFormat.Align(end, alignment) - end} bytes of padding that follow its last tensor", cursor.End);
    }
}
