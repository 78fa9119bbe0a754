using System.Text;

namespace WasmChord.Gguf.Internal;

/// <summary>A tensor waiting to be written.</summary>
internal sealed record PendingTensor(string Name, GgmlTypeTraits Traits, TensorShape Shape, long ByteLength, TensorDataWriter Write)
{
    /// <summary>Checks name and shape as a reader would.</summary>
    /// <exception cref="ArgumentException">The name or shape is one that no GGUF file may hold.</exception>
    public static PendingTensor Create(string name, GgmlType type, TensorShape shape, TensorDataWriter write)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(write);
        if (Encoding.UTF8.GetByteCount(name) >= GgufFormat.TensorNameLimitBytes || name.Contains('\0'))
            throw new ArgumentException($"'{name}' does not fit {GgufFormat.TensorNameLimitBytes - 1} bytes without a zero", nameof(name));
        GgmlTypeTraits traits = GgmlTypeTraits.For(type);
        if (shape.DimensionCount is < 0 or > TensorShape.MaxDimensions)
            throw new ArgumentException($"{shape.DimensionCount} dimensions; the limit is {TensorShape.MaxDimensions}", nameof(shape));
        long[] extents = [shape.Ne0, shape.Ne1, shape.Ne2, shape.Ne3];
        for (int i = 0; i < extents.Length; i++)
        {
            if (extents[i] < 0 || (i >= shape.DimensionCount && extents[i] != 1))
                throw new ArgumentException($"ne[{i}] = {extents[i]} with {shape.DimensionCount} dimensions", nameof(shape));
        }
        if (shape.Ne0 % traits.BlockSize != 0)
            throw new ArgumentException($"rows of {shape.Ne0} values are not whole {traits.Name} blocks of {traits.BlockSize}", nameof(shape));
        try
        {
            return new PendingTensor(name, traits, shape, traits.BytesFor(shape.ValueCount), write);
        }
        catch (OverflowException e)
        {
            throw new ArgumentException($"the shape {shape} takes more bytes than a 64-bit number counts", nameof(shape), e);
        }
    }

    /// <summary>Writes the data and holds the writer to the length it promised.</summary>
    public async ValueTask WriteDataAsync(Stream destination, CancellationToken cancellationToken)
    {
        BoundedStream bounded = new(destination, ByteLength, Name);
        await Write(bounded, cancellationToken).ConfigureAwait(false);
        if (bounded.Left != 0)
            throw new InvalidOperationException($"tensor '{Name}' takes {ByteLength} bytes, of which {bounded.Left} were not written");
    }
}
