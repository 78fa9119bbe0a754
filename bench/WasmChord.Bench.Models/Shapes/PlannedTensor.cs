using WasmChord.Gguf;

namespace WasmChord.Bench.Models;

/// <summary>One tensor of a model to be written.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Role">What it does.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Extents, <c>ne[0]</c> innermost.</param>
public sealed record PlannedTensor(string Name, TensorRole Role, GgmlType Type, TensorShape Shape)
{
    /// <summary>Bytes of its data, without padding.</summary>
    public long ByteLength => GgmlTypeTraits.For(Type).BytesFor(Shape.ValueCount);
}
