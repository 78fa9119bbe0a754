using System.Text;

namespace WasmChord.Gguf.Internal;

/// <summary>Reads the tensor infos; what needs the whole header (offsets, overlap) is checked by <see cref="TensorPlacement"/>.</summary>
internal sealed class TensorInfoReader(GgufCursor cursor, int alignment, HeaderBudget budget)
{
    // A name of 64 bytes with its length, four extents with their number, type and offset.
    private const int MostBytes = 8 + GgufFormat.TensorNameLimitBytes + 4 + 4 * 8 + 4 + 8;

    /// <summary>Reads <paramref name="count"/> infos; <see cref="TensorInfo.FileOffset"/> is still unknown and 0.</summary>
    public async ValueTask<List<TensorInfo>> ReadAsync(ulong count)
    {
        CheckCount(cursor, count);
        List<TensorInfo> tensors = new((int)Math.Min(count, 4096));
        HashSet<string> names = new(StringComparer.Ordinal);
        for (ulong i = 0; i < count; i++)
        {
            long at = cursor.Position;
            await cursor.PrefetchAsync(MostBytes).ConfigureAwait(false);
            TensorInfo tensor = ReadInfo(i);
            if (!names.Add(tensor.Name))
                throw cursor.Error(GgufError.DuplicateTensor, $"the tensor name '{tensor.Name}' occurs twice", at);
            tensors.Add(tensor);
        }
        return tensors;
    }

    /// <summary>Refuses a count of tensors whose infos cannot fit what is left.</summary>
    public static void CheckCount(GgufCursor cursor, ulong count)
    {
        // Name length, one byte of name, number of dimensions, type, offset: no info is smaller.
        int leastBytes = cursor.LengthBytes + 1 + 4 + 4 + 8;
        if (count > (ulong)(cursor.Remaining / leastBytes))
        {
            throw cursor.Error(
                GgufError.CountExceedsFile, $"{count} tensor infos cannot fit the {cursor.Remaining} bytes left", cursor.Position);
        }
    }

    private TensorInfo ReadInfo(ulong index)
    {
        string name = ReadName(index);
        TensorShape shape = ReadShape(name);
        long at = cursor.Position;
        uint number = cursor.ReadUInt32();
        if (number > int.MaxValue || !GgmlTypeTraits.TryFor((GgmlType)number, out GgmlTypeTraits traits))
            throw cursor.Error(GgufError.UnknownTensorType, $"tensor '{name}' has the unknown or withdrawn type {number}", at);
        long byteLength = ByteLength(name, shape, traits, at);

        at = cursor.Position;
        ulong offset = cursor.ReadUnsigned(8);
        if (offset > long.MaxValue)
            throw cursor.Error(GgufError.TensorOutOfFile, $"tensor '{name}' has the offset {offset}, beyond any file", at);
        if ((offset & ((ulong)alignment - 1)) != 0)
        {
            throw cursor.Error(
                GgufError.MisalignedOffset, $"tensor '{name}' has the offset {offset}, not a multiple of the alignment {alignment}", at);
        }
        return new TensorInfo(name, traits.Type, shape, 0, 0, (long)offset, byteLength);
    }

    private string ReadName(ulong index)
    {
        long at = cursor.Position;
        long length = cursor.ReadStringLength("the name of a tensor");
        if (length == 0) throw cursor.Error(GgufError.InvalidTensorName, $"the name of tensor {index} is empty", at);
        if (length >= GgufFormat.TensorNameLimitBytes)
        {
            throw cursor.Error(
                GgufError.TensorNameTooLong,
                $"the name of tensor {index} is {length} bytes long; it must be less than {GgufFormat.TensorNameLimitBytes}", at);
        }
        budget.Charge(cursor, length);
        string name;
        try
        {
            name = cursor.ReadText((int)length, MetadataReader.StrictUtf8);
        }
        catch (DecoderFallbackException e)
        {
            throw new GgufFormatException(
                GgufError.InvalidUtf8, $"{cursor.Name}: the name of tensor {index} is not UTF-8 (at byte {at})", at, e);
        }
        // ggml's names end at a zero byte, so two names that differ beyond it would be one there.
        if (name.Contains('\0')) throw cursor.Error(GgufError.InvalidTensorName, $"the name of tensor {index} holds a zero byte", at);
        return name;
    }

    private TensorShape ReadShape(string name)
    {
        long at = cursor.Position;
        uint count = cursor.ReadUInt32();
        if (count > TensorShape.MaxDimensions)
        {
            throw cursor.Error(
                GgufError.TooManyDimensions, $"tensor '{name}' has {count} dimensions; the limit is {TensorShape.MaxDimensions}", at);
        }
        long[] extents = [1, 1, 1, 1];
        for (int i = 0; i < count; i++)
        {
            at = cursor.Position;
            ulong extent = cursor.ReadLength();
            if (extent > long.MaxValue)
                throw cursor.Error(GgufError.InvalidDimension, $"ne[{i}] of tensor '{name}' is {extent}, more than {long.MaxValue}", at);
            extents[i] = (long)extent;
        }
        return new TensorShape((int)count, extents[0], extents[1], extents[2], extents[3]);
    }

    private long ByteLength(string name, TensorShape shape, GgmlTypeTraits traits, long at)
    {
        if (shape.Ne0 % traits.BlockSize != 0)
        {
            throw cursor.Error(
                GgufError.PartialBlock,
                $"tensor '{name}' has rows of {shape.Ne0} values, not whole {traits.Name} blocks of {traits.BlockSize}", at);
        }
        try
        {
            // Extents of zero count as one here: row counts and strides must be representable in an empty tensor too.
            long most = checked(Math.Max(shape.Ne0, 1) * Math.Max(shape.Ne1, 1) * Math.Max(shape.Ne2, 1) * Math.Max(shape.Ne3, 1));
            _ = checked(most * traits.TypeSize);
            return traits.BytesFor(shape.ValueCount);
        }
        catch (OverflowException e)
        {
            throw new GgufFormatException(
                GgufError.SizeOverflow,
                $"{cursor.Name}: tensor '{name}' of shape {shape} takes more bytes than a 64-bit number counts (at byte {at})", at, e);
        }
    }
}
