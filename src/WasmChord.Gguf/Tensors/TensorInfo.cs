namespace WasmChord.Gguf;

/// <summary>One tensor of a model, as its file describes it. The data is not read.</summary>
/// <param name="Name">Its unique name.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Extents, <c>ne[0]</c> innermost.</param>
/// <param name="FileIndex">Which file of a split model holds it; 0 for a single file.</param>
/// <param name="FileOffset">Where its data starts, in bytes from the start of that file.</param>
/// <param name="TensorDataOffset">The same, from the start of that file's tensor data, as the file states it.</param>
/// <param name="ByteLength">Length of its data in bytes, without padding.</param>
public sealed record TensorInfo(
    string Name,
    GgmlType Type,
    TensorShape Shape,
    int FileIndex,
    long FileOffset,
    long TensorDataOffset,
    long ByteLength)
{
    /// <summary>Bytes of one row of <c>ne[0]</c> values.</summary>
    public long RowBytes => GgmlTypeTraits.For(Type).BytesFor(Shape.Ne0);
}
